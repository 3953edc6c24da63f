"""Pages of the registers, through HTTP, for each register: what is shown, what is asked, what is refused."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from assaymark.records.registers import actions, registry
from assaymark.records.registers.declared.measuring_equipment import MeasuringEquipment
from assaymark.records.registers.declared.objectives import Objective
from assaymark.records.registers.declared.processes import Process
from assaymark.records.registers.declared.risks import Risk
from assaymark.records.registers.row import SavedView
from tests.register_cast import NOW, Company

pytestmark = pytest.mark.slow

SLUGS = [register.slug for register in registry.all()]
MOST_QUERIES = 15


def signed_in(company: Company, who: str = "anna") -> Client:
    """A browser with that person's session."""
    client = Client()
    client.force_login(company.people[who], backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def anna(halden: Company) -> Client:
    """The quality manager's browser."""
    return signed_in(halden)


@pytest.fixture
def risk(halden: Company) -> Any:
    """One risk with everything in it."""
    return halden.add("risks", "The furnace fails", cause="Age & wear\nno spare", owner=halden.anna.person_id)


def at(company: Company, path: str) -> str:
    """An address under the company."""
    return f"/o/{company.slug}/{path}"


def text_of(response: Any) -> str:
    """The page as text."""
    return str(response.content.decode())


class TestTheList:
    @pytest.mark.parametrize("slug", SLUGS)
    def test_while_empty_says_what_it_is_for(self, halden: Company, anna: Client, slug: str) -> None:
        page = text_of(anna.get(at(halden, f"r/{slug}/")))
        register = registry.get(slug)
        assert register.purpose.split(",")[0] in page
        assert f"ISO 9001, {register.clause}" in page
        assert f"/r/{slug}/new" in page

    @pytest.mark.parametrize("slug", SLUGS)
    def test_shows_rows_and_leads_to_them(self, halden: Company, anna: Client, slug: str) -> None:
        row = halden.add(slug, "<script>alert(1)</script> & more")
        page = text_of(anna.get(at(halden, f"r/{slug}/")))
        assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; more" in page
        assert f"/r/{slug}/{row.pk}/" in page
        assert row.number in page

    def test_searches_filters_and_sorts(self, halden: Company, anna: Client) -> None:
        halden.add("risks", "Furnace", likelihood=5, impact=5)
        halden.add("risks", "Flood", likelihood=1, impact=1, owner=halden.anna.person_id)
        halden.add("risks", "Fire", likelihood=3, impact=3)

        def titles(query: str) -> list[str]:
            lines = anna.get(at(halden, f"r/risks/?{query}")).context["listing"].lines
            return [line.row.title for line in lines]

        assert titles("") == ["Furnace", "Flood", "Fire"]
        assert titles("q=fLo") == ["Flood"]
        assert titles("sort=level") == ["Flood", "Fire", "Furnace"]
        assert titles("sort=-level") == ["Furnace", "Fire", "Flood"]
        assert titles("sort=owner") == ["Flood", "Furnace", "Fire"]
        assert titles(f"owner={halden.anna.person_id}") == ["Flood"]
        assert titles("owner=none") == ["Furnace", "Fire"]
        assert titles("likelihood=5&likelihood=1") == ["Furnace", "Flood"]
        assert titles("view=high") == ["Furnace"]
        assert titles("view=mine") == ["Flood"]

    @pytest.mark.parametrize(
        "query",
        [
            "page=-1", "page=1e9", "page=999999", "size=1000000000", "sort=password", "sort=organisation__slug",
            "sort=-owner__password", "owner=%27+OR+1", "owner__password__startswith=a", "state=%00", "q=%00",
            "q=" + "(a%2B)" * 500, "columns=organisation", "view=nonsense", "due=nonsense", "page=%D9%A3",
            "organisation=x&_connector=OR", "state=" + "&state=".join("x" * 300),
        ],
    )  # fmt: skip
    def test_takes_hostile_questions_calmly(self, halden: Company, anna: Client, risk: Any, query: str) -> None:
        assert anna.get(at(halden, f"r/risks/?{query}")).status_code == 200

    def test_shows_the_columns_that_were_chosen(self, halden: Company, anna: Client, risk: Any) -> None:
        listing = anna.get(at(halden, "r/risks/?columns=title&columns=impact&columns=organisation")).context["listing"]
        assert [column.name for column in listing.columns] == ["title", "impact"]

    def test_knows_what_is_late_and_what_is_due_soon(self, halden: Company, anna: Client) -> None:
        today = timezone.now().date()
        for title, days in (("late", -1), ("today", 0), ("soon", 30), ("far", 31)):
            halden.add("risks", title, review_on=str(today + dt.timedelta(days=days)))

        def titles(query: str) -> list[str]:
            return [line.row.title for line in anna.get(at(halden, f"r/risks/?{query}")).context["listing"].lines]

        assert titles("due=late") == titles("view=overdue") == ["late"]
        assert titles("due=soon") == ["today", "soon"]

    @pytest.mark.parametrize("slug", SLUGS)
    def test_costs_as_many_queries_with_many_rows_as_with_few(self, halden: Company, anna: Client, slug: str) -> None:
        model: Any = registry.get(slug).model
        first = halden.add(slug, "First", owner=halden.anna.person_id)
        counts = []
        for many in (0, 200):
            copies = []
            for n in range(many):
                copy = model.objects.get(pk=first.pk)
                copy.pk = copy._meta.pk.get_default()
                copy.number, copy.title = f"X-{n:04d}", f"Row {n}"
                copies.append(copy)
            model.objects.bulk_create(copies)
            anna.get(at(halden, f"r/{slug}/?size=100"))
            with CaptureQueriesContext(
                connection,
            ) as asked:
                assert anna.get(at(halden, f"r/{slug}/?size=100")).status_code == 200
            counts.append(len(asked))
        assert counts[0] == counts[1] <= MOST_QUERIES

    def test_draws_the_matrix_with_links_to_its_cells(self, halden: Company, anna: Client, risk: Any) -> None:
        page = text_of(anna.get(at(halden, "r/risks/")))
        assert "likelihood=3&amp;impact=3" in page or "likelihood=3&#38;impact=3" in page


class TestQuickAdding:
    def test_adds_a_row_from_the_lists_own_line(self, halden: Company, anna: Client) -> None:
        sent = {"quick": "yes", "title": "Flood", "likelihood": "2", "impact": "4", "owner": ""}
        response = anna.post(at(halden, "r/risks/new"), sent)
        assert (response.status_code, response["Location"]) == (302, at(halden, "r/risks/"))
        assert Risk.objects.get().level == 8

    def test_keeps_what_was_typed_when_something_is_missing(self, halden: Company, anna: Client) -> None:
        response = anna.post(at(halden, "r/risks/new"), {"quick": "yes", "title": "", "likelihood": "5", "impact": "3"})
        assert response.status_code == 400
        assert "This is needed." in text_of(response)
        assert '<option value="5" selected>' in text_of(response)


class TestTheForm:
    @pytest.mark.parametrize("slug", SLUGS)
    def test_asks_for_every_field_of_the_declaration(self, halden: Company, anna: Client, slug: str) -> None:
        page = text_of(anna.get(at(halden, f"r/{slug}/new")))
        for name in registry.get(slug).fields:
            assert f'name="{name}"' in page

    @pytest.mark.parametrize("slug", SLUGS)
    def test_saves_what_it_shows(self, halden: Company, anna: Client, slug: str) -> None:
        """Opening a form and saving it changes nothing."""
        row = halden.add(slug, "A row", owner=halden.anna.person_id)
        form = anna.get(at(halden, f"r/{slug}/{row.pk}/edit")).context["form"]
        sent = {name: form[name].value() for name in form.fields if form[name].value() not in (None, False)}
        response = anna.post(at(halden, f"r/{slug}/{row.pk}/edit"), {**sent, "version": "1"})
        assert response.status_code == 302
        assert type(row).objects.get(pk=row.pk).version == 1

    def test_adds_a_row_and_goes_to_it(self, halden: Company, anna: Client) -> None:
        response = anna.post(at(halden, "r/processes/new"), {"title": "Casting", "kind_of": "core", "inputs": "Iron"})
        assert response.status_code == 302
        process = Process.objects.get()
        assert response["Location"] == at(halden, f"r/processes/{process.pk}/")
        assert process.inputs == "Iron"

    def test_puts_errors_beside_fields(self, halden: Company, anna: Client) -> None:
        response = anna.post(at(halden, "r/measuring-equipment/new"), {"title": "Caliper", "interval_months": "0"})
        assert response.status_code == 400
        assert "Between 1 and 120 months." in text_of(response)
        assert response.context["form"].errors["interval_months"] == ["Between 1 and 120 months."]

    def test_ignores_what_the_form_does_not_ask(self, halden: Company, anna: Client) -> None:
        sent = {"title": "Flood", "likelihood": "3", "impact": "3", "state": "accepted", "version": "77", "number": "X"}
        anna.post(at(halden, "r/risks/new"), sent)
        row = Risk.objects.get()
        assert (row.state, row.version, row.number) == ("open", 1, "R-0001")

    def test_loses_nothing_when_somebody_else_was_faster(self, halden: Company, anna: Client, risk: Any) -> None:
        form = anna.get(at(halden, f"r/risks/{risk.pk}/edit")).context["form"]
        sent = {name: form[name].value() or "" for name in form.fields} | {"version": "1", "cause": "My cause"}
        actions.change(register="risks", row_id=risk.pk, values={"cause": "Theirs"}, version=1, by=halden.anna, at=NOW)
        response = anna.post(at(halden, f"r/risks/{risk.pk}/edit"), sent)
        page = text_of(response)
        assert response.status_code == 409
        assert "changed by somebody else" in page
        assert "Theirs" in page and "My cause" in page
        again = anna.post(at(halden, f"r/risks/{risk.pk}/edit"), sent | {"version": "2"})
        assert again.status_code == 302
        assert Risk.objects.get().cause == "My cause"

    def test_without_a_version_saves_nothing(self, halden: Company, anna: Client, risk: Any) -> None:
        response = anna.post(at(halden, f"r/risks/{risk.pk}/edit"), {"title": "x", "likelihood": "3", "impact": "3"})
        assert response.status_code == 409
        assert Risk.objects.get().title == "The furnace fails"


class TestTheRecord:
    @pytest.mark.parametrize("slug", SLUGS)
    def test_tells_the_story_in_its_order(self, halden: Company, anna: Client, slug: str) -> None:
        row = halden.add(slug, "A row")
        page = text_of(anna.get(at(halden, f"r/{slug}/{row.pk}/")))
        places = [page.index(f"<h2>{section.title}</h2>") for section in registry.get(slug).sections]
        assert places == sorted(places)
        assert row.number in page

    def test_writes_beside_the_button_why_it_cannot_be_pressed(self, halden: Company, anna: Client, risk: Any) -> None:
        page = text_of(anna.get(at(halden, f"r/risks/{risk.pk}/")))
        assert "Treatment is empty" in page and "Strategy is empty" in page
        assert 'aria-describedby="next-refusals"' in page

    def test_refuses_a_step_with_every_reason(self, halden: Company, anna: Client, risk: Any) -> None:
        response = anna.post(at(halden, f"r/risks/{risk.pk}/move"), {"to": "treated", "version": "1"})
        assert response.status_code == 409
        assert text_of(response).count("is empty; in treatment asks for it.") >= 3
        assert Risk.objects.get().state == "open"

    def test_takes_a_step(self, halden: Company, anna: Client, risk: Any) -> None:
        response = anna.post(at(halden, f"r/risks/{risk.pk}/move"), {"to": "accepted", "version": "1"})
        assert response.status_code == 302
        assert Risk.objects.get().state == "accepted"

    def test_records_a_review_retires_and_brings_back(self, halden: Company, anna: Client, risk: Any) -> None:
        address = at(halden, f"r/risks/{risk.pk}/")
        assert anna.post(f"{address}review", {"note": "Still so", "version": "1"}).status_code == 302
        assert anna.post(f"{address}retire", {"reason": "", "version": "2"}).status_code == 409
        assert anna.post(f"{address}retire", {"reason": "Sold", "version": "2"}).status_code == 302
        assert "Bring back" in text_of(anna.get(address))
        assert anna.post(f"{address}bring-back").status_code == 302
        assert Risk.objects.get().retired_at is None

    def test_costs_a_bounded_number_of_queries(self, halden: Company, anna: Client) -> None:
        objective = halden.add("objectives", "On time", target="97")
        for month in range(1, 12):
            actions.add_entry(
                register="objectives", row_id=objective.pk, child="measurements",
                values={"measured_on": f"2026-{month:02d}-01", "value": str(80 + month)}, by=halden.anna, at=NOW,
            )  # fmt: skip
        with CaptureQueriesContext(connection) as asked:
            page = text_of(anna.get(at(halden, f"r/objectives/{objective.pk}/")))
        assert len(asked) <= MOST_QUERIES
        assert "<svg" in page and "11 measurements" in page

    def test_shows_its_history(self, halden: Company, anna: Client, risk: Any) -> None:
        actions.move(register="risks", row_id=risk.pk, to="gone", by=halden.anna, at=NOW, reason="Furnace sold")
        assert "Moved: Furnace sold" in text_of(anna.get(at(halden, f"r/risks/{risk.pk}/")))


class TestEntries:
    def test_are_entered_with_their_certificate(
        self, halden: Company, anna: Client, settings: Any, tmp_path: Any
    ) -> None:
        settings.BLOBS = tmp_path
        row = halden.add("measuring-equipment", "Caliper")
        address = at(halden, f"r/measuring-equipment/{row.pk}/calibrations/add")
        assert 'type="file"' in text_of(anna.get(address))
        sent = {"calibrated_on": "2026-10-01", "outcome": "in_tolerance", "certificate_number": "C-1"}
        response = anna.post(address, {**sent, "file": SimpleUploadedFile("certificate.pdf", b"%PDF-1.7 x")})
        assert response.status_code == 302
        page = text_of(anna.get(response["Location"]))
        assert "certificate.pdf" in page and "C-1" in page
        assert MeasuringEquipment.objects.get().calibration_due == dt.date(2027, 10, 1)

    def test_show_their_errors_beside_the_fields(self, halden: Company, anna: Client) -> None:
        row = halden.add("measuring-equipment", "Caliper")
        address = at(halden, f"r/measuring-equipment/{row.pk}/calibrations/add")
        response = anna.post(address, {"calibrated_on": "2026-10-01", "outcome": "out_of_tolerance"})
        assert response.status_code == 400
        assert "which earlier results are in doubt" in text_of(response)

    def test_that_are_append_only_cannot_be_removed(self, halden: Company, anna: Client) -> None:
        row = halden.add("objectives", "On time")
        entry = actions.add_entry(
            register="objectives", row_id=row.pk, child="measurements",
            values={"measured_on": "2026-10-01", "value": "1"}, by=halden.anna, at=NOW,
        )  # fmt: skip
        response = anna.post(at(halden, f"r/objectives/{row.pk}/measurements/{entry.pk}/remove"))
        assert response.status_code == 409
        assert Objective.objects.get().latest_value == 1

    def test_of_the_others_can(self, halden: Company, anna: Client) -> None:
        row = halden.add("interested-parties", "Railway")
        entry = actions.add_entry(
            register="interested-parties", row_id=row.pk, child="requirements", values={"text": "Traceability"},
            by=halden.anna, at=NOW,
        )  # fmt: skip
        address = at(halden, f"r/interested-parties/{row.pk}/")
        assert "Traceability" in text_of(anna.get(address))
        assert anna.post(f"{address}requirements/{entry.pk}/remove").status_code == 302
        assert "Traceability" not in text_of(anna.get(address)).partition('class="timeline"')[0]


class TestManyAtOnce:
    def test_changes_the_ticked_rows(self, halden: Company, anna: Client) -> None:
        rows = [halden.add("risks", f"Risk {n}") for n in range(3)]
        sent = {"row": [str(r.pk) for r in rows[:2]], "owner": str(halden.anna.person_id), "to": "accepted"}
        assert anna.post(at(halden, "r/risks/bulk"), sent).status_code == 302
        assert sorted(Risk.objects.values_list("state", flat=True)) == ["accepted", "accepted", "open"]

    def test_says_why_not(self, halden: Company, anna: Client, risk: Any) -> None:
        response = anna.post(at(halden, "r/risks/bulk"), {"row": [str(risk.pk)], "to": "treated"})
        assert response.status_code == 409
        assert "Treatment is empty" in text_of(response)

    @pytest.mark.parametrize("rows", [[], ["nonsense"]])
    def test_does_nothing_when_nothing_is_ticked(self, halden: Company, anna: Client, rows: list[str]) -> None:
        assert anna.post(at(halden, "r/risks/bulk"), {"row": rows, "to": "gone"}).status_code == 302

    def test_does_not_reach_elsewhere(self, halden: Company, elsewhere: Company, anna: Client) -> None:
        theirs = elsewhere.add("risks", "Theirs")
        assert anna.post(at(halden, "r/risks/bulk"), {"row": [str(theirs.pk)], "to": "gone"}).status_code == 404


class TestViews:
    def test_are_kept_and_come_back_as_tabs(self, halden: Company, anna: Client, risk: Any) -> None:
        sent = {"name": "Big ones", "query": "likelihood=5&sort=-level&organisation=x", "for": "all"}
        assert "likelihood=5" in anna.post(at(halden, "r/risks/keep-view"), sent)["Location"]
        view = SavedView.objects.get()
        assert "organisation" not in view.query
        assert "Big ones" in text_of(signed_in(halden, "vera").get(at(halden, "r/risks/")))
        assert anna.post(at(halden, f"r/risks/views/{view.pk}/drop")).status_code == 302
        assert SavedView.objects.count() == 0

    def test_of_others_are_their_own(self, halden: Company, anna: Client, risk: Any) -> None:
        vera = signed_in(halden, "vera")
        assert vera.post(at(halden, "r/risks/keep-view"), {"name": "Mine", "query": "q=x"}).status_code == 302
        assert "Mine</a>" not in text_of(anna.get(at(halden, "r/risks/"))).replace("Mine</a></li>", "", 1)
        assert anna.post(at(halden, f"r/risks/views/{SavedView.objects.get().pk}/drop")).status_code == 404
        assert vera.post(at(halden, "r/risks/keep-view"), {"name": "x", "for": "all"}).status_code == 403


class TestTables:
    @pytest.mark.parametrize("slug", SLUGS)
    @pytest.mark.parametrize("kind", ["csv", "xlsx"])
    def test_leave_and_come_back(self, halden: Company, anna: Client, slug: str, kind: str) -> None:
        halden.add(slug, "=1+1")
        response = anna.get(at(halden, f"r/{slug}/export.{kind}"))
        assert "attachment" in response["Content-Disposition"]
        again = SimpleUploadedFile(f"x.{kind}", response.content)
        answer = anna.post(at(halden, f"r/{slug}/import"), {"file": again, "act": "import"}, follow=True)
        assert "0 new, 0 changed, 1 unchanged" in text_of(answer)

    def test_are_tried_before_they_are_imported(self, halden: Company, anna: Client) -> None:
        page = anna.post(
            at(halden, "r/risks/import"), {"file": SimpleUploadedFile("x.csv", b"title\nFlood\n"), "act": "try"}
        )
        assert "can be imported: 1 new" in text_of(page)
        assert Risk.objects.count() == 0

    def test_with_errors_name_every_line(self, halden: Company, anna: Client) -> None:
        content = b"What may happen,Likelihood\nFlood,9\nFire,3\n,2\n"
        page = anna.post(at(halden, "r/risks/import"), {"file": SimpleUploadedFile("x.csv", content), "act": "import"})
        assert page.status_code == 409
        assert [o.line for o in page.context["report"].errors] == [2, 4]
        assert "2 lines need a change" in text_of(page)

    @pytest.mark.parametrize("content", [b"", b"PK\x03\x04broken", b"\xff\xfe"])
    def test_that_are_none_are_told_so(self, halden: Company, anna: Client, content: bytes) -> None:
        sent = {"file": SimpleUploadedFile("x.csv", content)} if content else {}
        assert anna.post(at(halden, "r/risks/import"), sent).status_code == 400

    def test_are_exported_as_the_list_shows_them(self, halden: Company, anna: Client) -> None:
        halden.add("risks", "Flood")
        halden.add("risks", "Fire")
        content = anna.get(at(halden, "r/risks/export.csv?q=fire")).content.decode()
        assert "Fire" in content and "Flood" not in content


class TestWhoMay:
    def test_others_may_read_but_not_write(self, halden: Company, risk: Any) -> None:
        for who in ("vera", "carl"):
            client = signed_in(halden, who)
            page = text_of(client.get(at(halden, "r/risks/")))
            assert "The furnace fails" in page and "/r/risks/new" not in page
            record = text_of(client.get(at(halden, f"r/risks/{risk.pk}/")))
            assert "/edit" not in record and "/move" not in record
            for path in ("new", "import", f"{risk.pk}/edit"):
                assert client.get(at(halden, f"r/risks/{path}")).status_code == 403
            for path in ("new", "import", "bulk", f"{risk.pk}/edit", f"{risk.pk}/move", f"{risk.pk}/retire"):
                assert client.post(at(halden, f"r/risks/{path}"), {}).status_code == 403

    def test_outsiders_meet_nothing(self, halden: Company, elsewhere: Company, risk: Any) -> None:
        outsider = signed_in(elsewhere)
        assert outsider.get(at(halden, "r/risks/")).status_code == 404
        assert outsider.get(at(elsewhere, f"r/risks/{risk.pk}/")).status_code == 404
        for path in ("edit", "move", "review", "retire", "bring-back"):
            assert outsider.post(at(elsewhere, f"r/risks/{risk.pk}/{path}"), {"to": "gone"}).status_code == 404
        assert "The furnace fails" not in text_of(outsider.get(at(elsewhere, "r/risks/?q=furnace")))

    def test_an_unknown_register_is_not_found(self, halden: Company, anna: Client) -> None:
        for path in ("r/nonsense/", "r/nonsense/new", "r/nonsense/import", "chapter/nonsense/", "r/risks/export.pdf"):
            assert anna.get(at(halden, path)).status_code == 404


class TestChapters:
    @pytest.mark.parametrize(
        "key", ["context", "leadership", "planning", "support", "operation", "evaluation", "improvement", "registers"]
    )
    def test_show_their_clauses_and_registers(self, halden: Company, anna: Client, key: str) -> None:
        assert anna.get(at(halden, f"chapter/{key}/")).status_code == 200

    def test_count_what_is_recorded(self, halden: Company, anna: Client, risk: Any) -> None:
        page = text_of(anna.get(at(halden, "chapter/planning/")))
        assert "6.1" in page and "Risks" in page and "Objectives" in page
