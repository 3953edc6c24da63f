"""The main job, by hand in a real browser: a problem is closed, a company is certified, a stranger verifies it.

Two stories on the demo world. In the first a nonconformity is raised from a line of an internal audit and closed
(ISO 9001:2015, 10.2). In the second a company that nobody certified yet applies to Northfield, is audited, decided upon
(ISO/IEC 17021-1:2015, 9.1 to 9.5) and verified offline by the command that anybody can install; then everything that
can go wrong with a certificate goes wrong, and the verdict that has to change is the one that changes.
"""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from assaymark.demo.cast import PASSWORD
from tests.browser.conftest import Desk, Home, Office
from tests.plugins.browser import Console

pytestmark = [pytest.mark.browser, pytest.mark.slow]

DIRECTOR = "t.ashby@kestrel-gears.example"
OFFICE, LEAD, REVIEWER = (f"{key}@northfield.example" for key in ("e.sandhu", "m.kowalska", "c.lindqvist"))
MARSH, DECIDER = "g.marsh@northfield.example", "v.adeyemi@northfield.example"
SCOPE = "Manufacture of spur and bevel gears"
YES = {"authentic": "yes", "in_force": "yes", "accredited": "yes", "recognised": "yes"}


def today() -> str:
    return datetime.now(UTC).date().isoformat()


class TestANonconformity:
    def test_is_raised_by_one_click_refused_closing_and_closed(self, office: Office) -> None:
        auditor = office.desk_of("a.brandt@halden.example")
        number = self.is_raised_from_a_line(auditor)

        manager = office.desk_of("p.novak@halden.example")
        manager.opens("findings/").follows(re.compile("Lot 2298"))
        assert manager.button("Close").is_disabled()
        for clause, reason in {
            "10.2.1 a": "Nothing says how it was contained.",
            "10.2.1 b": "The cause is not known.",
            "10.2.1 c": "No action against the cause is planned.",
            "10.2.1 d": "The effectiveness check has not been made.",
            "10.2.1 e": "Nothing says whether risks and opportunities had to be updated.",
        }.items():
            assert reason in manager.reads()
            assert clause in manager.reads()
        described = manager.button("Close").get_attribute("aria-describedby")
        assert "The cause is not known." in manager.page.locator(f"#{described}").inner_text()
        manager.shoot("nonconformity-refused")

        self.is_worked_on(manager)
        worker = office.desk_of("j.osei@halden.example")
        worker.opens(manager.page.url.removeprefix(worker.server)).presses("I did it")
        self.is_checked(manager)
        assert manager.button("Close").is_enabled()
        manager.presses("Close").sees(f"{number} is closed.")
        manager.shoot("nonconformity-closed")

    def is_raised_from_a_line(self, auditor: Desk) -> str:
        auditor.opens("audits/").follows(re.compile("Stores and dispatch")).follows("Checklist")
        line = auditor.page.locator("article.check-line").filter(has=auditor.page.get_by_text("8.6 a", exact=True))
        line.get_by_label("Note on 8.6 a").fill("Lot 2298 left the stores without its release record.")
        auditor.presses("Raise a minor", within=line)
        raised = line.get_by_role("link", name=re.compile(r"^NC-\d+"))
        raised.wait_for()
        auditor.shoot("checklist-line-raised")
        return raised.inner_text().split()[0]

    def is_worked_on(self, manager: Desk) -> None:
        steps: tuple[tuple[str, dict[str, str | list[str]]], ...] = (
            ("contain", {"containment": "Lot 2298 called back.", "correction": "Inspected and released."}),
            ("cause", {"cause": "Stores may dispatch before release.", "similar": "Two other lots: in order."}),
            ("action", {"description": "Dispatch asks for the record", "owner": "J. Osei", "due": today()}),
            ("check-plan", {"criterion": "Ten lots in a row with their record.", "check_due": today()}),
            ("consider", {"risks": "Risk of a wrong lot raised.", "changes": "Dispatch procedure revised."}),
        )
        record = manager.page.url
        for step, given in steps:
            manager.page.goto(f"{record}{step}/")
            manager.writes(**given).page.locator("main form button[type=submit].btn-primary").click()
            manager.page.wait_for_url(record + "**")

    def is_checked(self, manager: Desk) -> None:
        manager.page.reload()
        record = manager.page.url.partition("#")[0]
        manager.page.goto(f"{record}check/")
        manager.writes(effective="yes", result="Ten of ten lots.")
        manager.page.locator("main form button[type=submit].btn-primary").click()
        manager.page.wait_for_url(record + "**")


class Verifier:
    """A stranger with the files and the command, without a server."""

    def __init__(self, home: Home, folder: Path) -> None:
        self.home = Home(folder / "no-installation")
        self.folder = folder
        home.must("trust", "export", "-o", folder / "anchors.json")

    def asks(self, *files: Path, trust: Path | None = None, at: str = "", status: int) -> dict[str, str]:
        """The four answers about the first file."""
        words: list[str | Path] = ["verify", *files, "--offline", "--json", "--trust", trust or self.anchors]
        done = self.home.run(*words, *(["--at", at] if at else []))
        assert done.returncode == status, done.stdout + done.stderr
        verdicts = json.loads(done.stdout)[0]["verdicts"]
        return {name: verdict["answer"] for name, verdict in verdicts.items()}

    @property
    def anchors(self) -> Path:
        return self.folder / "anchors.json"


class TestACertificate:
    @pytest.fixture
    def verifier(self, home: Home, tmp_path: Path) -> Verifier:
        home.must("organisation", "add", "kestrel-gears", "--name", "Kestrel Gears Ltd", "--country", "GB")
        person = ("--email", DIRECTOR, "--name", "T. Ashby", "--role", "administrator")
        home.must("organisation", "add-person", "kestrel-gears", *person, typed=PASSWORD + "\n")
        return Verifier(home, tmp_path)

    def test_is_applied_for_decided_issued_verified_and_lost(
        self, office: Office, verifier: Verifier, console: Console
    ) -> None:
        # What a refused decision answers with, as it should.
        console.allow("status of 409")
        self.is_applied_for(office)
        audit = self.is_planned_and_accepted(office)
        self.is_audited(office, audit)
        self.is_reviewed(office, audit)
        self.is_refused_to_a_member_of_the_team(office, audit)
        certificate = self.is_decided_and_issued(office, audit)
        self.is_shown_to_everybody(office, certificate)

        pdf = self.is_downloaded(certificate, "Certificate PDF", verifier.folder / "certificate.pdf")
        assert verifier.asks(pdf, status=0) == YES
        self.does_not_survive_an_edited_byte(verifier, pdf)
        self.is_not_recognised_by_who_trusts_others(verifier, pdf)
        self.says_nothing_certain_eight_days_later(verifier, pdf)
        self.is_suspended(office, verifier, certificate)
        self.loses_what_it_rests_on(office, verifier, certificate)

    def is_applied_for(self, office: Office) -> None:
        director = office.desk_of(DIRECTOR)
        director.opens("audits/applications/apply/")
        director.page.get_by_label("Northfield Certification").check()
        director.writes(
            scope=SCOPE, sectors="17", languages="en", sites="Works, 2 Mill Bank, Hull", personnel="31",
            processes="Hobbing, grinding, inspection", consultancy="none",
        )  # fmt: skip
        director.presses("Send the application").sees("It waits for Northfield Certification.")
        director.shoot("application-sent")

        desk = office.desk_of(OFFICE)
        desk.opens("audits/applications/").follows(re.compile("Kestrel Gears"))
        desk.writes(verdict="Complete; sector 17 is ours.").presses("Accept")
        desk.follows("Plan the certification")

    def is_planned_and_accepted(self, office: Office) -> str:
        desk = office.desk_of(OFFICE)
        days = {f"{end}_{stage}": today() for end in ("starts", "ends") for stage in (1, 2)}
        desk.writes(title="Initial certification of Kestrel Gears", scope=SCOPE, leader="M. Kowalska", **days)
        desk.page.get_by_label("G. Marsh", exact=True).check()
        desk.shoot("plan")
        desk.presses("Plan the audit").presses("Send the plan")
        audit = desk.page.url.removeprefix(desk.server).partition("?")[0]

        director = office.desk_of(DIRECTOR)
        director.opens("audits/?view=of-us").follows(re.compile("Initial certification"))
        director.shoot("plan-to-accept")
        director.presses("Accept plan and team").sees("You accepted plan and team")
        return audit

    def is_audited(self, office: Office, audit: str) -> None:
        lead = office.desk_of(LEAD)
        lead.opens(audit).follows("Checklist")
        lead.page.locator("input[name=clause][value='8.6']").check()
        lead.presses("Add their requirements")
        for stage in ("stage 1", "stage 2"):
            lead.opens(audit).page.locator("main").get_by_role("button", name=re.compile("^Start")).first.click()
            lead.page.get_by_label(f"Conclusion of {stage}").fill(f"Seen as planned in {stage}.")
            lead.presses("Conclude")
        lead.follows("Checklist")
        lines = lead.page.locator("article.check-line")
        for number in range(lines.count()):
            line = lines.nth(number)
            line.get_by_placeholder("What you saw").fill("Ten lots, each with its record.")
            line.get_by_role("button", name="Conforms").click()
            line.get_by_text("Save the note").wait_for()
        lead.shoot("checklist-judged")
        lead.opens(audit + "report/")
        lead.writes(summary="The system meets the standard and works.", recommendation="Grant")
        lead.presses("Issue the report").sees("Report issued")

    def is_reviewed(self, office: Office, audit: str) -> None:
        reviewer = office.desk_of(REVIEWER)
        reviewer.opens(audit + "review/").writes(recommendation="Grant; the file is complete.")
        for name in ("application_confirmed", "objectives_reached"):
            reviewer.page.locator(f"main [name={name}]").check()
        reviewer.presses("Close the review")

    def is_refused_to_a_member_of_the_team(self, office: Office, audit: str) -> None:
        marsh = office.desk_of(MARSH)
        marsh.opens(audit + "decide/")
        assert marsh.button("Grant the certificate").is_disabled()
        assert "G. Marsh was in the audit team and cannot decide." in marsh.reads()
        assert "ISO/IEC 17021-1:2015, 9.5.1" in marsh.reads()
        marsh.shoot("decision-refused")

    def is_decided_and_issued(self, office: Office, audit: str) -> Desk:
        decider = office.desk_of(DECIDER)
        decider.opens(audit + "decide/").writes(reasons="All requirements are met.")
        decider.presses("Grant the certificate").sees("Grant: Kestrel Gears Ltd")
        desk = office.desk_of(OFFICE)
        desk.opens(decider.page.url.removeprefix(desk.server)).follows("Issue the certificate")
        desk.sees("The scope lies within your accreditation.").shoot("issue")
        desk.presses("Issue the certificate").sees("The decision has been carried out.")
        desk.follows("The certificate").sees("Kestrel Gears Ltd")
        desk.shoot("certificate-record")
        return desk

    def is_shown_to_everybody(self, office: Office, certificate: Desk) -> None:
        public = certificate.page.locator("main a", has_text="Public page").get_attribute("href")
        assert public is not None
        stranger = office.stranger().opens(public)
        stranger.sees("Kestrel Gears Ltd").shoot("public-in-force")
        assert re.findall(r"^(Yes|No|Unknown|Cannot tell)$", stranger.reads(), re.M)[:4] == ["Yes"] * 4

    def is_downloaded(self, certificate: Desk, link: str, to: Path) -> Path:
        with certificate.page.expect_download() as download:
            certificate.page.locator("main a", has_text=link).first.click()
        download.value.save_as(to)
        return to

    def does_not_survive_an_edited_byte(self, verifier: Verifier, pdf: Path) -> None:
        content = bytearray(pdf.read_bytes())
        content[20_000] ^= 1
        edited = verifier.folder / "edited.pdf"
        edited.write_bytes(content)
        assert verifier.asks(edited, status=1)["authentic"] == "no"

    def is_not_recognised_by_who_trusts_others(self, verifier: Verifier, pdf: Path) -> None:
        others = json.loads(verifier.anchors.read_text())
        others["anchors"] = [{**anchor, "did": STRANGER} for anchor in others["anchors"]]
        file = verifier.folder / "others.json"
        file.write_text(json.dumps(others))
        assert verifier.asks(pdf, trust=file, status=1) == {**YES, "recognised": "no"}

    def says_nothing_certain_eight_days_later(self, verifier: Verifier, pdf: Path) -> None:
        later = (datetime.now(UTC) + timedelta(days=8)).date().isoformat()
        answers = verifier.asks(pdf, at=later, status=3)
        assert (answers["authentic"], answers["in_force"]) == ("yes", "unknown")

    def is_suspended(self, office: Office, verifier: Verifier, certificate: Desk) -> None:
        decider = office.desk_of(DECIDER)
        decider.opens(certificate.page.url.removeprefix(decider.server)).follows("Suspend")
        until = (datetime.now(UTC) + timedelta(days=90)).date().isoformat()
        decider.writes(reasons="The surveillance audit was not allowed.", until=until).presses("Suspend")
        certificate.page.reload()
        certificate.sees("Suspended").shoot("certificate-suspended")
        fresh = self.is_downloaded(certificate, "Bundle", verifier.folder / "suspended.json")
        assert verifier.asks(fresh, status=1) == {**YES, "in_force": "no"}

    def loses_what_it_rests_on(self, office: Office, verifier: Verifier, certificate: Desk) -> None:
        council = office.desk_of("t.vidal@meridian.example")
        council.opens("certificates/").follows(re.compile("Northfield")).follows("Withdraw")
        council.writes(reasons="Impartiality was lost.").presses("Withdraw")
        council.sees("Withdrawn").shoot("accreditation-withdrawn")
        fresh = self.is_downloaded(certificate, "Bundle", verifier.folder / "unaccredited.json")
        assert verifier.asks(fresh, status=1)["accredited"] == "no"


# The key of nobody in the demo world.
STRANGER = "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK"
