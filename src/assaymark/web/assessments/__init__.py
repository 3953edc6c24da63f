"""Pages of audits and assessments, the same for every kind: list, plan, team, checklist, report, steps."""
