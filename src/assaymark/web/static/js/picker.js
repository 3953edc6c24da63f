/* Inputs with data-choices offer what fits as one types. Without this one types the address or number. */
(function () {
  "use strict";
  var base = window.location.pathname.split("/").slice(0, 3).join("/");
  var waiting = null;

  function offer(input) {
    var asked = input.value;
    fetch(base + "/choices/" + input.dataset.choices + "?q=" + encodeURIComponent(asked), { headers: { Accept: "application/json" } })
      .then(function (answer) { return answer.ok ? answer.json() : { choices: [] }; })
      .then(function (answer) {
        if (input.value !== asked || !input.list) { return; }
        input.list.replaceChildren.apply(input.list, answer.choices.map(function (choice) {
          var option = document.createElement("option");
          option.value = choice.value;
          option.label = choice.label + " (" + choice.value + ")";
          return option;
        }));
      })
      .catch(function () { /* Offline: what is typed is checked when it is sent. */ });
  }

  document.addEventListener("input", function (event) {
    var input = event.target.closest("input[data-choices]");
    if (!input) { return; }
    window.clearTimeout(waiting);
    waiting = window.setTimeout(offer, 150, input);
  });
  document.addEventListener("focusin", function (event) {
    var input = event.target.closest("input[data-choices]");
    if (input && input.list && !input.list.children.length) { offer(input); }
  });
})();
