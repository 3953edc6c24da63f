"""REST interface under /api/v1/, described by OpenAPI 3.1 (docs/reference/openapi.json).

The same actions and the same refusals as the pages: 409 carries every reason with rule, clause and next step.
"""
