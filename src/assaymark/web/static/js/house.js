/* Small conveniences of the frame. Every page works without them. */
(function () {
  "use strict";

  /* A floating sheet closes on Escape and on a click beside it. */
  document.addEventListener("click", function (event) {
    document.querySelectorAll("details.opens[open]").forEach(function (sheet) {
      if (!sheet.contains(event.target)) { sheet.removeAttribute("open"); }
    });
  });
  document.addEventListener("keydown", function (event) {
    if (event.key !== "Escape") { return; }
    document.querySelectorAll("details.opens[open]").forEach(function (sheet) {
      sheet.removeAttribute("open");
      sheet.querySelector("summary").focus();
    });
  });

  /* Dialogs: data-opens="id" opens, data-closes closes. */
  document.addEventListener("click", function (event) {
    var opener = event.target.closest("[data-opens]");
    if (opener) {
      var dialog = document.getElementById(opener.dataset.opens);
      if (dialog && dialog.showModal) { event.preventDefault(); dialog.showModal(); }
    }
    var closer = event.target.closest("[data-closes]");
    if (closer) { event.preventDefault(); closer.closest("dialog").close(); }
  });

  /* Confirm by naming: the button wakes when the name of what will be lost has been typed. */
  document.addEventListener("input", function (event) {
    var field = event.target.closest("[data-confirm-name]");
    if (!field) { return; }
    var button = field.form.querySelector("[data-confirmed]");
    if (button) { button.disabled = field.value.trim() !== field.dataset.confirmName; }
  });

  /* data-autosubmit: a filter's select applies itself; the button beside it is for those without scripts. */
  document.addEventListener("change", function (event) {
    var form = event.target.closest("form[data-autosubmit]");
    if (form) { form.requestSubmit(); }
  });

  /* One submission per click: a second click on a slow connection does nothing. */
  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (form.dataset.sent) { event.preventDefault(); return; }
    if (form.method.toLowerCase() === "post" && !form.hasAttribute("hx-post")) {
      form.dataset.sent = "yes";
      window.setTimeout(function () { delete form.dataset.sent; }, 4000);
    }
  });
  window.addEventListener("pageshow", function () {
    document.querySelectorAll("form[data-sent]").forEach(function (form) { delete form.dataset.sent; });
  });
})();
