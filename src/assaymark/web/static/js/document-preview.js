/* The editor's preview: the server makes the HTML, so that it is the same as what readers get. */
(function () {
  "use strict";
  var button = document.querySelector("[data-preview]");
  if (!button || !button.form) { return; }
  var place = document.querySelector("#preview .document");
  button.addEventListener("click", function () {
    var body = new FormData();
    body.append("text", button.form.elements.text.value);
    body.append("csrfmiddlewaretoken", button.form.elements.csrfmiddlewaretoken.value);
    fetch(button.dataset.preview, { method: "POST", body: body, credentials: "same-origin" })
      .then(function (answer) { return answer.ok ? answer.text() : Promise.reject(answer.status); })
      .then(function (html) {
        place.innerHTML = html;
        place.closest("#preview").scrollIntoView({ block: "nearest" });
      })
      .catch(function () { place.textContent = "The preview could not be made. Your text is still in the editor."; });
  });
})();
