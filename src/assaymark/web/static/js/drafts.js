/* Keeps what was typed into a form with data-draft="key" in this tab until it is saved, so that a closed session or a
   wrong click loses nothing. Passwords, files and hidden fields are never kept. */
(function () {
  "use strict";
  var forms = document.querySelectorAll("form[data-draft]");
  function name(form) { return "assaymark-draft:" + form.dataset.draft; }
  function kept(form) { try { return JSON.parse(sessionStorage.getItem(name(form)) || "null"); } catch (e) { return null; } }
  function fields(form) {
    return Array.from(form.elements).filter(function (field) {
      return field.name && !/^(password|file|hidden|submit|button|reset)$/.test(field.type) && field.name !== "csrfmiddlewaretoken";
    });
  }
  function read(form) {
    return fields(form).map(function (field) {
      return [field.name, field.value, /^(checkbox|radio)$/.test(field.type) ? field.checked : null];
    });
  }
  function same(one, other) { return JSON.stringify(one) === JSON.stringify(other); }
  function fill(form, values) {
    fields(form).forEach(function (field, index) {
      var value = values[index];
      if (!value || value[0] !== field.name) { return; }
      if (value[2] === null) { field.value = value[1]; } else { field.checked = value[2]; }
    });
  }
  function offer(form, values) {
    var note = document.createElement("div");
    note.className = "draft-note";
    note.setAttribute("role", "status");
    note.textContent = "You left unsaved text here.";
    [["Bring it back", function () { fill(form, values); }], ["Discard it", function () { sessionStorage.removeItem(name(form)); }]].forEach(function (choice) {
      var button = document.createElement("button");
      button.type = "button";
      button.className = "btn btn-small";
      button.textContent = choice[0];
      button.addEventListener("click", function () { choice[1](); note.remove(); });
      note.append(button);
    });
    form.prepend(note);
  }
  forms.forEach(function (form) {
    var start = read(form);
    var values = kept(form);
    if (values && !same(values, start) && !form.querySelector(".form-problems")) { offer(form, values); }
    form.addEventListener("input", function () {
      try { sessionStorage.setItem(name(form), JSON.stringify(read(form))); } catch (e) { /* full or forbidden: the form still works */ }
    });
    form.addEventListener("submit", function () { form.dataset.sending = "yes"; });
  });
  /* The server says which draft has been saved: <meta name="draft-saved" content="key">. */
  document.querySelectorAll("meta[name=draft-saved]").forEach(function (meta) {
    sessionStorage.removeItem("assaymark-draft:" + meta.content);
  });
})();
