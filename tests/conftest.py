"""What every test can use. Browser fixtures (`page`, `open_page`, `axe`, `sign_in`): see tests/plugins/browser.py."""

pytest_plugins = ["tests.plugins.browser", "tests.plugins.database", "tests.plugins.quick"]
