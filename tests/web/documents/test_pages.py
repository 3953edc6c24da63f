"""The pages of documents: what people see, what they may press, and what stays hidden from them."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from assaymark.core.document_history import SourceChange
from assaymark.core.documents import Change
from assaymark.core.parties import Actor
from assaymark.records.documents import actions
from assaymark.records.documents.importing import Source, import_documents
from assaymark.records.documents.models import Document, Revision
from assaymark.records.scope import organisation_scope
from tests.document_cast import AT, DAY, Cast, approved, assemble, draft, in_review, revised

HOSTILE = (
    '# Title\n\n<svg onload=alert(1)> "><script>alert(2)</script>\n\n[x](javascript:alert(3)) ![p](http://evil/x.png)'
    "\n\n[y](data:text/html,x) {{7*7}} <b style=x>bold</b>\n"
)


@pytest.fixture
def cast(db: None) -> Cast:
    return assemble()


@pytest.fixture
def enter(client: Client) -> Any:
    """Sign in as somebody; answers a function that gets a page of their organisation."""
    from assaymark.records.parties.models import Person

    def sign_in(who: Actor) -> Any:
        client.force_login(Person.objects.get(pk=who.person_id), backend="django.contrib.auth.backends.ModelBackend")

        def ask(path: str, given: Any = None, **more: Any) -> Any:
            address = path if path.startswith("/o/") else f"/o/{who.organisation_slug}/{path}"
            return client.get(address, **more) if given is None else client.post(address, given, **more)

        return ask

    return sign_in


class TestTheList:
    def test_of_nothing_says_what_it_is_for(self, cast: Cast, enter: Any) -> None:
        page = enter(cast.vera)("documents/").content.decode()
        assert "ISO 9001:2015, 7.5" in page
        assert "New document" not in page

    def test_shows_each_document_under_its_selections(self, cast: Cast, enter: Any) -> None:
        approved(cast, title="In force")
        draft(cast, title="Begun")
        gone = approved(cast, title="Gone")
        actions.withdraw(document_id=gone.document_id, reason="x", by=cast.marta, at=AT + DAY)
        ask = enter(cast.priya)
        for selection, titles in {
            "in-force": {"In force"},
            "draft": {"Begun"},
            "withdrawn": {"Gone"},
            "all": {"In force", "Begun", "Gone"},
            "nonsense": {"In force"},
        }.items():
            rows = ask(f"documents/?show={selection}").context["page_obj"].object_list
            assert {row.title for row in rows} == titles, selection

    @pytest.mark.parametrize(
        "query", ["q=%00", "order=password", "order=-", "page=-1", "page=x", "page=99999999999999999999", "q=%25%27"]
    )
    def test_takes_any_query(self, cast: Cast, enter: Any, query: str) -> None:
        approved(cast)
        assert enter(cast.priya)(f"documents/?{query}").status_code == 200

    @pytest.mark.slow
    def test_costs_the_same_for_ten_thousand_as_for_ten(
        self, cast: Cast, enter: Any, django_assert_max_num_queries: Any
    ) -> None:
        many = [
            SourceChange(f"{n}", f"{n:05}.md", "c1", AT, "Ada", "m", "A", f"# Document {n}".encode())
            for n in range(10_000)
        ]
        import_documents(organisation_id=cast.halden.pk, source=Source("history", "many", tuple(many)), at=AT)
        ask = enter(cast.priya)
        ask("documents/")
        with django_assert_max_num_queries(15):
            page = ask("documents/?show=in-force&order=title&page=7")
        assert page.context["page_obj"].paginator.count == 10_000


class TestARecord:
    def test_shows_the_revision_in_force_and_the_draft_beside_it(self, cast: Cast, enter: Any) -> None:
        first = approved(cast, text="# Inspect\n\nLook **closely**.\n")
        actions.start_revision(document_id=first.document_id, change=Change.MINOR, by=cast.priya, at=AT)
        page = enter(cast.priya)(f"documents/{first.document_id}/").content.decode()
        assert "Look <strong>closely</strong>" in page
        assert "Revision 1.1</a> is being drafted" in page

    def test_hides_drafts_from_those_who_only_read(self, cast: Cast, enter: Any) -> None:
        first = approved(cast, text="public words")
        second = actions.start_revision(document_id=first.document_id, change=Change.MINOR, by=cast.priya, at=AT)
        unborn = draft(cast, title="Secret plan", text="secret words")
        ask = enter(cast.vera)
        page = ask(f"documents/{first.document_id}/").content.decode()
        assert "public words" in page
        assert "evision 1.1" not in page
        assert "Secret" not in ask("documents/?show=all").content.decode()
        for hidden in (
            f"documents/{first.document_id}/?revision=1.1",
            f"documents/{unborn.document_id}/",
            f"documents/revisions/{second.pk}/file/",
            f"documents/{first.document_id}/compare/?from=1.0&to=1.1",
        ):
            assert ask(hidden).status_code == 404, hidden

    def test_warns_of_a_superseded_revision(self, cast: Cast, enter: Any) -> None:
        first = approved(cast)
        revised(cast, first, text="new", at=AT + DAY)
        page = enter(cast.vera)(f"documents/{first.document_id}/?revision=1.0").content.decode()
        assert "Do not work by this revision" in page
        assert "Revision 1.1 is in force" in page

    def test_says_beside_the_button_why_the_author_cannot_approve(self, cast: Cast, enter: Any) -> None:
        revision = in_review(cast)
        page = enter(cast.priya)(f"documents/{revision.document_id}/").content.decode()
        assert "You wrote revision 1.0" in page
        assert "ISO 9001:2015, 7.5.2 c" in page

    def test_makes_hostile_text_harmless(self, cast: Cast, enter: Any) -> None:
        revision = approved(cast, title='"><img src=x onerror=alert(4)>', text=HOSTILE)
        page = enter(cast.vera)(f"documents/{revision.document_id}/").content.decode()
        story = page[page.index('class="document reading"') : page.index("Revisions</h2>")]
        words = story[: story.index("</section>")]
        for dangerous in ("<svg", "<script", "href=", "<img", "<b ", "http://evil"):
            assert dangerous not in words, dangerous
        assert "<img src=x" not in page
        assert "{{7*7}}" in story

    def test_leads_from_document_to_document_of_the_same_source(self, cast: Cast, enter: Any) -> None:
        changes = (
            SourceChange("1", "a/one.md", "c", AT, "", "", "A", b"[two](../b/two.md#part) [out](https://x.example/)"),
            SourceChange("2", "b/two.md", "c", AT, "", "", "A", b"# Two"),
        )
        import_documents(organisation_id=cast.halden.pk, source=Source("history", "x", changes), at=AT)
        with organisation_scope(cast.halden.pk):
            one, two = Document.objects.order_by("path")
        page = enter(cast.vera)(f"documents/{one.pk}/").content.decode()
        assert f'href="/o/halden/documents/{two.pk}/"' in page
        assert 'href="https://x.example/"' in page

    def test_of_another_organisation_is_not_there(self, cast: Cast, enter: Any) -> None:
        revision = approved(cast)
        ask = enter(cast.bruno)
        for path in ("", "compare/", "facts/"):
            assert ask(f"documents/{revision.document_id}/{path}").status_code == 404
        for path in ("file/", "pdf/", "edit/"):
            assert ask(f"documents/revisions/{revision.pk}/{path}").status_code == 404
        assert ask(f"/o/halden/documents/{revision.document_id}/").status_code == 404


class TestTheWay:
    def test_from_a_new_document_to_one_in_force_is_walked_in_the_browser(self, cast: Cast, enter: Any) -> None:
        ask = enter(cast.priya)
        form = {"title": "Packing", "clauses": "8.5.4", "readers": ["contributor"], "review_months": "12"}
        edit = ask("documents/new/", form)["Location"]
        draft_form = {"title": "Packing", "text": "# Packing\r\n\r\nCarefully.", "change_summary": "", "version": "1"}
        record = ask(edit, draft_form)["Location"]
        with organisation_scope(cast.halden.pk):
            revision = Revision.objects.get()
            assert revision.text == "# Packing\n\nCarefully."
        ask(f"documents/revisions/{revision.pk}/submit/", {})
        refused = ask(f"documents/revisions/{revision.pk}/send-back/", {"reason": ""})
        assert refused.status_code == 409
        enter(cast.marta)(f"documents/revisions/{revision.pk}/approve/", {"effective_from": ""})
        sam = enter(cast.sam)
        assert "Packing" in sam("documents/to-read/").content.decode()
        assert "I have read and understood it" in sam(record).content.decode()
        sam(f"documents/revisions/{revision.pk}/acknowledge/", {})
        assert "Nothing to read" in sam("documents/to-read/").content.decode()

    def test_is_refused_with_all_reasons_when_the_author_posts_the_approval_anyway(
        self, cast: Cast, enter: Any
    ) -> None:
        revision = in_review(cast)
        answer = enter(cast.priya)(f"documents/revisions/{revision.pk}/approve/", {"effective_from": "2001-01-01"})
        assert answer.status_code == 409
        page = answer.content.decode()
        assert "You wrote revision 1.0" in page
        assert "before the day of approval" in page

    def test_keeps_what_was_typed_when_somebody_else_saved_first(self, cast: Cast, enter: Any) -> None:
        revision = draft(cast)
        ask = enter(cast.priya)
        form = {"title": "T", "text": "mine", "change_summary": "", "version": "1"}
        ask(f"documents/revisions/{revision.pk}/edit/", form | {"text": "theirs"})
        answer = ask(f"documents/revisions/{revision.pk}/edit/", form)
        assert answer.status_code == 409
        assert "Somebody saved this draft" in answer.content.decode()
        assert ">\nmine</textarea>" in answer.content.decode()

    def test_is_closed_to_those_without_the_permission(self, cast: Cast, enter: Any) -> None:
        revision = in_review(cast)
        for who in (cast.sam, cast.vera):
            ask = enter(who)
            assert ask("documents/new/").status_code == 403
            assert ask(f"documents/revisions/{revision.pk}/approve/", {}).status_code == 403
            assert ask(f"documents/{revision.document_id}/withdraw/", {"reason": "x"}).status_code == 403

    def test_takes_steps_by_post_only(self, cast: Cast, enter: Any) -> None:
        revision = in_review(cast)
        assert enter(cast.marta)(f"documents/revisions/{revision.pk}/approve/").status_code == 405

    def test_previews_what_readers_will_see(self, cast: Cast, enter: Any) -> None:
        answer = enter(cast.priya)("documents/preview/", {"text": "# One\n<script>x</script>"})
        assert answer.content.decode() == "<h2>One</h2>\n<p>&lt;script&gt;x&lt;/script&gt;</p>\n"


class TestASecondThought:
    def test_takes_back_what_was_sent_and_throws_it_away(self, cast: Cast, enter: Any) -> None:
        revision = in_review(cast)
        ask = enter(cast.priya)
        record = f"documents/{revision.document_id}/"
        page = ask(record).text
        assert "Take it back" in page
        assert "Send back" not in page
        assert "a draft again" in ask(f"documents/revisions/{revision.pk}/take-back/", {}, follow=True).text
        assert "has no other revision and goes with it." in ask(record).text
        page = ask(f"documents/revisions/{revision.pk}/discard/", {}, follow=True).text
        assert "The draft is thrown away." in page
        assert ask(record).status_code == 404

    def test_keeps_the_other_revisions(self, cast: Cast, enter: Any) -> None:
        first = approved(cast)
        second = actions.start_revision(document_id=first.document_id, change=Change.MAJOR, by=cast.priya, at=AT)
        ask = enter(cast.priya)
        assert "The other revisions stay." in ask(f"documents/{first.document_id}/").text
        page = ask(f"documents/revisions/{second.pk}/discard/", {}, follow=True).text
        assert "Threw a draft away" in page
        assert "Start a revision" in page

    def test_is_offered_to_nobody_else(self, cast: Cast, enter: Any) -> None:
        revision = in_review(cast)
        assert "Take it back" not in enter(cast.marta)(f"documents/{revision.document_id}/").text
        assert enter(cast.marta)(f"documents/revisions/{revision.pk}/take-back/", {}).status_code == 409
        assert enter(cast.sam)(f"documents/revisions/{revision.pk}/discard/", {}).status_code == 403

    def test_is_not_offered_for_a_draft_that_was_sent_back(self, cast: Cast, enter: Any) -> None:
        revision = in_review(cast)
        actions.send_back(revision_id=revision.pk, reason="Say who.", by=cast.marta, at=AT)
        ask = enter(cast.priya)
        assert "Throw it away" not in ask(f"documents/{revision.document_id}/").text
        refused = ask(f"documents/revisions/{revision.pk}/discard/", {})
        assert refused.status_code == 409
        assert "was sent back once" in refused.text


class TestEvidence:
    def test_is_attached_linked_and_talked_about_on_the_record(self, cast: Cast, enter: Any) -> None:
        document = approved(cast).document_id
        ask = enter(cast.priya)
        file = SimpleUploadedFile("layout.pdf", b"%PDF-1.7\n%%EOF\n")
        page = ask(f"evidence/documents.document/{document}/attach", {"file": file}, follow=True).text
        assert "layout.pdf" in page
        assert "Attached a file" in page
        page = ask(f"evidence/documents.document/{document}/comment", {"text": "Who keeps it?"}, follow=True).text
        assert "Who keeps it?" in page

    def test_is_read_but_not_written_by_who_only_looks(self, cast: Cast, enter: Any) -> None:
        document = approved(cast).document_id
        page = enter(cast.vera)(f"documents/{document}/").text
        assert "No files yet." in page
        assert "Attach files" not in page


class TestAFile:
    def upload(self, ask: Any, revision: Revision, content: bytes, name: str) -> Any:
        form = {"title": "File", "change_summary": "", "version": "1", "file": SimpleUploadedFile(name, content)}
        return ask(f"documents/revisions/{revision.pk}/upload/", form)

    def test_comes_back_as_an_attachment_that_no_browser_runs(self, cast: Cast, enter: Any) -> None:
        ask, revision = enter(cast.priya), draft(cast)
        assert self.upload(ask, revision, b"%PDF-1.7\nx", 'evil"\r\nname.pdf').status_code == 302
        answer = ask(f"documents/revisions/{revision.pk}/file/")
        assert answer.content == b"%PDF-1.7\nx"
        assert answer["Content-Disposition"].startswith("attachment;")
        assert "\n" not in answer["Content-Disposition"]
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in answer["Content-Security-Policy"]
        assert "default-src 'none'" in answer["Content-Security-Policy"]

    @pytest.mark.parametrize(
        ("content", "name"),
        [(b"<svg/>", "x.svg"), (b"<html>", "x.htm"), (b"MZ\xff", "x.pdf"), (b"GIF89a\xff", "x.gif")],
    )
    def test_that_is_no_document_is_refused_and_said_why(
        self, cast: Cast, enter: Any, content: bytes, name: str
    ) -> None:
        answer = self.upload(enter(cast.priya), draft(cast), content, name)
        assert answer.status_code == 409
        assert "7.5.2 b" in answer.content.decode()

    def test_that_is_empty_or_missing_is_asked_for_again(self, cast: Cast, enter: Any) -> None:
        answer = self.upload(enter(cast.priya), draft(cast), b"", "x.pdf")
        assert answer.status_code == 200
        assert answer.context["form"].errors

    def test_over_the_limit_is_refused(self, cast: Cast, enter: Any, settings: Any) -> None:
        settings.MAX_UPLOAD_BYTES = 1024 * 1024
        answer = self.upload(enter(cast.priya), draft(cast), b"%PDF-" + b"x" * 1024 * 1024, "x.pdf")
        assert "larger than 1 MB" in answer.content.decode()

    def test_of_an_approved_text_is_a_pdf(self, cast: Cast, enter: Any) -> None:
        revision = approved(cast)
        answer = enter(cast.vera)(f"documents/revisions/{revision.pk}/pdf/")
        assert answer.content.startswith(b"%PDF-")
        assert 'filename="DOC-0001 1.0.pdf"' in answer["Content-Disposition"]


class TestAComparison:
    def test_marks_what_changed_side_by_side_and_in_one_column(self, cast: Cast, enter: Any) -> None:
        first = approved(cast, text="Check every part.\nSame.\n")
        revised(cast, first, text="Check each part.\nSame.\n", at=AT + DAY)
        ask = enter(cast.vera)
        for view in ("", "&as=unified"):
            page = ask(f"documents/{first.document_id}/compare/?from=1.0&to=1.1{view}").content.decode()
            assert "<del>every</del>" in page
            assert "<ins>each</ins>" in page

    def test_escapes_what_it_shows(self, cast: Cast, enter: Any) -> None:
        first = approved(cast, text="<script>a</script>")
        revised(cast, first, text="<script>b</script>", at=AT + DAY)
        page = enter(cast.vera)(f"documents/{first.document_id}/compare/?from=1.0&to=1.1").content.decode()
        assert "<script>a" not in page.replace("<del>", "").replace("</del>", "")

    def test_of_files_shows_their_facts(self, cast: Cast, enter: Any) -> None:
        ask, revision = enter(cast.priya), draft(cast)
        TestAFile().upload(ask, revision, b"%PDF-1.7\nx", "a.pdf")
        actions.submit(revision_id=revision.pk, by=cast.priya, at=AT)
        actions.approve(revision_id=revision.pk, by=cast.marta, at=AT)
        revised(cast, revision, text="now text", at=AT + DAY)
        page = ask(f"documents/{revision.document_id}/compare/?from=1.0&to=1.1").content.decode()
        assert "compared by their hash" in page

    def test_of_a_revision_that_does_not_exist_is_not_there(self, cast: Cast, enter: Any) -> None:
        first = approved(cast)
        assert enter(cast.vera)(f"documents/{first.document_id}/compare/?from=9.9&to=1.0").status_code == 404


class TestInForce:
    def test_answers_for_a_day(self, cast: Cast, enter: Any) -> None:
        revision = approved(cast, at=timezone.now() - timedelta(days=10))
        ask = enter(cast.vera)
        assert [d.sha256 for d in ask("documents/in-force/").context["found"]] == [revision.sha256]
        assert ask("documents/in-force/?on=2001-01-01").context["found"] == []

    @pytest.mark.parametrize("on", ["", "yesterday", "0000-00-00", "99999-01-01", "2026-02-30"])
    def test_says_what_is_wrong_with_a_day(self, cast: Cast, enter: Any, on: str) -> None:
        answer = enter(cast.vera)(f"documents/in-force/?on={on}")
        assert answer.status_code == 200
        assert answer.context["form"].errors


class TestSearch:
    def test_finds_documents_in_force_on_a_page_and_for_the_palette(self, cast: Cast, enter: Any) -> None:
        revision = approved(cast, title="Torque", text="The <b>torque wrench</b> is checked.")
        draft(cast, title="Torque draft")
        ask = enter(cast.vera)
        page = ask("search/?q=wrench").content.decode()
        assert '<mark class="found">wrench</mark>' in page
        assert "<b>torque" not in page
        answer = json.loads(ask("search/?q=torq&format=json").content)
        assert answer == {
            "results": [
                {"url": f"/o/halden/documents/{revision.document_id}/", "title": "DOC-0001 Torque", "kind": "Document"}
            ]
        }

    def test_shows_nothing_of_another_organisation(self, cast: Cast, enter: Any) -> None:
        approved(cast, title="Canary")
        ask = enter(cast.bruno)
        assert json.loads(ask("search/?q=canary&format=json").content) == {"results": []}
        assert "Nothing matches" in ask("search/?q=canary").content.decode()
