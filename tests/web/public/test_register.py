"""The register's pages: search, an entry with its history, parties; what is not public stays so."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from django.core.cache import cache
from django.test import Client

from assaymark.cli.main import main
from assaymark.records.register.models import Listing, Party
from tests.certification_cast import Certified

ROWS = [
    {"number": "J-100", "holder": "Müller Präzision GmbH", "standard": "ISO 9001:2015", "status": "valid",
     "body": "Rhein Cert", "country": "DE", "expires": "2029-01-31", "iaf": ["17"]},
    {"number": "J-200", "holder": "Occult Works", "standard": "ISO 9001:2015", "status": "suspended",
     "body": "Rhein Cert", "country": "FR", "expires": "2029-01-31", "visibility": "status-only"},
]  # fmt: skip


def snapshot(folder: Path, rows: list[dict[str, object]], day: str) -> None:
    file = folder / f"{day}.json"
    file.write_text(json.dumps(rows))
    done = CliRunner().invoke(
        main, ["register", "import", str(file), "--as-of", day, "--source", "rhein", "--name", "Rhein register"]
    )
    assert done.exit_code == 0, done.output


@pytest.fixture
def rhein(db: None, tmp_path: Path) -> Path:
    cache.clear()
    snapshot(tmp_path, ROWS, "2026-01-10")
    return tmp_path


def page(address: str) -> str:
    answer = Client().get(address)
    assert answer.status_code == 200, answer.status_code
    return answer.text.split("<main", 1)[1]


class TestTheSearch:
    @pytest.mark.parametrize("asked", ["Mueller Präzision", "muller praz", "J-100", "j100", "Müler Präzision GmbH"])
    def test_finds_by_name_number_and_nearly_right_name(self, rhein: Path, asked: str) -> None:
        assert "Müller Präzision GmbH" in page(f"/register/?q={asked}")

    def test_filters(self, rhein: Path) -> None:
        assert "Müller" in page("/register/?country=DE&standard=ISO 9001&sector=17&status=valid")
        assert "Müller" not in page("/register/?country=IT")

    def test_tells_nothing_of_a_status_only_entry_but_on_its_exact_number(self, rhein: Path) -> None:
        assert "J-200" not in page("/register/?q=Occult Works")
        found = page("/register/?q=J-200")
        assert "J-200" in found and "Suspended" in found and "Occult" not in found

    def test_says_what_absence_means(self, rhein: Path) -> None:
        assert "does not yet mean that it is false" in page("/register/?q=Zzyzx Nowhere")

    def test_shows_where_entries_come_from_before_anything_is_asked(self, rhein: Path) -> None:
        assert "Rhein register" in page("/register/")

    @pytest.mark.parametrize("asked", ["'", '"', "%", "\\", "a*", "NEAR(", "x" * 500, "\u202egnp"])
    def test_takes_any_text_as_a_question(self, rhein: Path, asked: str) -> None:
        assert Client().get("/register/", {"q": asked}).status_code == 200


class TestAnEntry:
    def test_says_whose_word_it_is_and_calls_nothing_authentic(self, rhein: Path) -> None:
        row = Listing.objects.get(number="J-100")
        shown = page(f"/register/entries/{row.pk}/")
        assert "Rhein register lists certificate J-100" in " ".join(shown.split())
        assert "nothing signed is at hand" in shown
        assert "17 " in shown

    def test_keeps_its_history_and_a_tombstone(self, rhein: Path) -> None:
        changed = [ROWS[0] | {"status": "suspended"}, ROWS[1]]
        snapshot(rhein, changed, "2026-03-01")
        snapshot(rhein, [ROWS[1], ROWS[1] | {"number": "J-300"}], "2026-05-01")
        row = Listing.objects.get(number="J-100")
        shown = " ".join(page(f"/register/entries/{row.pk}/").split())
        assert "until <b>1 May 2026</b>" in shown
        assert "status: valid → suspended" in shown
        then = " ".join(page(f"/register/entries/{row.pk}/?on=2026-02-01").split())
        assert "<b>valid</b> on 1 Feb 2026" in then
        unknown = " ".join(page(f"/register/entries/{row.pk}/?on=2026-02-01&known=2020-01-01").split())
        assert "Not listed yet" in unknown

    def test_that_is_status_only_names_nobody(self, rhein: Path) -> None:
        row = Listing.objects.get(number="J-200")
        shown = page(f"/register/entries/{row.pk}/")
        assert "suspended" in shown and "Occult" not in shown

    @pytest.mark.parametrize("number", [0, 999_999, 2**63, 10**30])
    def test_that_is_not_there_is_404(self, rhein: Path, number: int) -> None:
        assert Client().get(f"/register/entries/{number}/").status_code == 404

    def test_of_this_register_leads_to_the_certificates_own_page(self, world: Certified) -> None:
        from assaymark.records.register import own

        own.refresh(at=dt.datetime.now(dt.UTC))
        row = Listing.objects.get(source__key="own", kind="certificate")
        answer = Client().get(f"/register/entries/{row.pk}/")
        assert answer["Location"] == f"/c/northfield/{world.certificate.number}/"

    def test_that_is_an_accreditation_is_found_by_kind_and_stands_on_the_page_of_its_body(
        self, world: Certified
    ) -> None:
        from assaymark.records.register import own

        own.refresh(at=dt.datetime.now(dt.UTC))
        row = Listing.objects.get(source__key="own", kind="accreditation")
        found = page("/register/?kind=accreditation")
        assert row.number in found and world.certificate.number not in found
        assert row.number in page(f"/register/?q={row.holder.name}&kind=accreditation")
        body = Party.objects.get(role="body", source__key="own", name=row.holder.name)
        shown = page(f"/register/parties/{body.pk}/")
        assert "Certification body" in shown and "Rests on" in shown and row.number in shown
        holder = page(f"/register/parties/{row.holder_id}/")
        assert "Accredited body" in holder and f"/register/parties/{body.pk}/" in holder
        assert "Accreditation body" in page(f"/register/parties/{row.body_id}/")
        assert Client().get(f"/register/entries/{row.pk}/")["Location"].endswith(f"/{row.number}/")
        told = Client().get("/api/v1/register/", {"kind": "accreditation"}).json()["found"]
        assert [(one["number"], one["kind"]) for one in told] == [(row.number, "accreditation")]

    def test_takes_a_constant_number_of_queries(self, rhein: Path, django_assert_max_num_queries: object) -> None:
        row = Listing.objects.get(number="J-100")
        with django_assert_max_num_queries(6):  # type: ignore[operator]
            Client().get(f"/register/entries/{row.pk}/")


class TestAParty:
    def test_that_is_a_body_says_what_it_states_of_completeness(self, rhein: Path) -> None:
        body = Party.objects.get(role="body", name="Rhein Cert")
        shown = page(f"/register/parties/{body.pk}/")
        assert "Nothing is stated of completeness" in shown
        assert "J-100" in shown and "J-200" not in shown

    def test_that_holds_only_what_is_not_public_shows_nothing_of_it(self, rhein: Path) -> None:
        holder = Party.objects.get(role="holder", name="Occult Works")
        answer = Client().get(f"/register/parties/{holder.pk}/")
        assert answer.status_code == 404


class TestTheInterface:
    def test_matches_numbers_and_names_at_once(self, rhein: Path) -> None:
        question = {"numbers": ["j 100", "J-200"], "names": ["Mueller Präzision GmbH", "Nobody"]}
        told = Client().post("/api/v1/register/match", question, content_type="application/json").json()
        assert told["numbers"]["J100"][0]["holder"] == "Müller Präzision GmbH"
        kept = told["numbers"]["J200"][0]
        assert kept["status"] == "suspended"
        assert [kept[name] for name in ("holder", "standard", "country", "expires", "url")] == ["", "", "", None, ""]
        assert told["names"][0][0]["score"] == 100 and told["names"][1] == []

    def test_searches(self, rhein: Path) -> None:
        told = Client().get("/api/v1/register/", {"q": "muller"}).json()
        assert [one["number"] for one in told["found"]] == ["J-100"]


class TestABodyThatMerged:
    @pytest.fixture(autouse=True)
    def merged(self, rhein: Path) -> None:
        words = ["register", "body-change", "Rhein Cert", "Baltic Cert", "--kind", "merged-into", "--on", "2026-08-01"]
        done = CliRunner().invoke(main, [*words, "--origin", "Notice 7", "--source", "rhein"])
        assert done.exit_code == 0, done.output
        cache.clear()

    def test_says_so_on_its_page_with_day_and_source(self) -> None:
        told = page(f"/register/parties/{Party.objects.get(role=Party.BODY).pk}/")
        assert "Names and mergers" in told
        assert "Rhein Cert merged into Baltic Cert on 1 Aug 2026." in told
        assert "Known from: Notice 7." in told

    def test_says_on_the_pages_of_its_certificates_who_answers_for_them(self) -> None:
        told = page(f"/register/entries/{Listing.objects.get(number='J-100').pk}/")
        assert (
            "Rhein Cert merged into Baltic Cert on 1 Aug 2026. Baltic Cert answers for this certificate since then."
            in told
        )

    def test_leaves_the_pages_of_holders_alone(self) -> None:
        assert "merged" not in page(f"/register/parties/{Party.objects.get(name='Müller Präzision GmbH').pk}/")
