/* A form that takes a while says so: data-waiting holds the words. Without scripts the browser's own sign has to do. */
(function () {
  "use strict";
  document.addEventListener("submit", function (event) {
    var form = event.target, words = form.dataset.waiting, button = form.querySelector("button[type=submit]");
    if (!words || !button) { return; }
    if (form.getAttribute("aria-busy")) { event.preventDefault(); return; }
    form.setAttribute("aria-busy", "true");
    button.dataset.words = button.lastChild.textContent;
    button.lastChild.textContent = words;
  });
  /* Back from the answers: the form is as it was. */
  window.addEventListener("pageshow", function () {
    document.querySelectorAll("form[aria-busy]").forEach(function (form) {
      var button = form.querySelector("button[type=submit]");
      form.removeAttribute("aria-busy");
      button.lastChild.textContent = button.dataset.words;
    });
  });
})();
