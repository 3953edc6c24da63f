/* Light, dark or by the device; set before the first paint, so nothing flashes. Kept in this browser only. */
(function () {
  "use strict";
  var root = document.documentElement;
  root.classList.remove("no-js");
  var device = window.matchMedia("(prefers-color-scheme: dark)");
  function chosen() { try { return localStorage.getItem("assaymark-theme") || "auto"; } catch (e) { return "auto"; } }
  function apply() {
    var theme = chosen();
    root.setAttribute("data-bs-theme", theme === "auto" ? (device.matches ? "dark" : "light") : theme);
    document.querySelectorAll("[data-theme-choice]").forEach(function (button) {
      button.setAttribute("aria-pressed", String(button.dataset.themeChoice === theme));
    });
  }
  apply();
  device.addEventListener("change", apply);
  document.addEventListener("DOMContentLoaded", apply);
  document.addEventListener("click", function (event) {
    var button = event.target.closest("[data-theme-choice]");
    if (!button) { return; }
    try { localStorage.setItem("assaymark-theme", button.dataset.themeChoice); } catch (e) { /* private window: for this page only */ }
    apply();
  });
})();
