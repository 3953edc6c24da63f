"""Audits and assessments of every kind on one set of tables: programme, application, team, checklist, decision."""
