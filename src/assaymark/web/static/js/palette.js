/* Ctrl/⌘ K: go to anything. The places of the rail are filtered here; records come from the search page. */
(function () {
  "use strict";
  var dialog = document.getElementById("palette");
  if (!dialog || !dialog.showModal) { return; }
  var input = dialog.querySelector("input");
  var list = dialog.querySelector(".palette-list");
  var places = Array.from(list.querySelectorAll("li"));
  var search = dialog.dataset.search;
  var waiting = null;
  var asked = "";

  function shown() { return Array.from(list.querySelectorAll("li:not([hidden])")); }
  function select(index) {
    var items = shown();
    items.forEach(function (item, at) { item.firstElementChild.setAttribute("aria-selected", String(at === index)); });
    if (items[index]) {
      items[index].scrollIntoView({ block: "nearest" });
      input.setAttribute("aria-activedescendant", items[index].firstElementChild.id);
    } else { input.removeAttribute("aria-activedescendant"); }
  }
  function selected() { return shown().findIndex(function (item) { return item.firstElementChild.getAttribute("aria-selected") === "true"; }); }
  function add(result, index) {
    var item = document.createElement("li");
    item.setAttribute("role", "presentation");
    item.dataset.found = "yes";
    var link = document.createElement("a");
    link.href = result.url;
    link.id = "palette-found-" + index;
    link.setAttribute("role", "option");
    link.tabIndex = -1;
    link.textContent = result.title;
    var kind = document.createElement("span");
    kind.className = "kind";
    kind.textContent = result.kind || "";
    link.append(kind);
    item.append(link);
    list.append(item);
  }
  function forget() { list.querySelectorAll("li[data-found]").forEach(function (item) { item.remove(); }); }
  function ask(words) {
    fetch(search + "?q=" + encodeURIComponent(words) + "&format=json", { headers: { Accept: "application/json" } })
      .then(function (answer) { return answer.ok ? answer.json() : { results: [] }; })
      .then(function (answer) {
        if (words !== asked) { return; }
        forget();
        (answer.results || []).slice(0, 12).forEach(add);
        select(shown().length ? 0 : -1);
      })
      .catch(function () { /* offline: the places are still here */ });
  }
  function filter() {
    var words = input.value.trim().toLowerCase();
    places.forEach(function (item) { item.hidden = words !== "" && item.textContent.toLowerCase().indexOf(words) < 0; });
    forget();
    select(shown().length ? 0 : -1);
    window.clearTimeout(waiting);
    asked = words;
    if (search && words.length > 1) { waiting = window.setTimeout(function () { ask(words); }, 160); }
  }
  function open(words) {
    if (dialog.open) { return; }
    dialog.showModal();
    input.value = words || "";
    filter();
    input.focus();
  }
  input.addEventListener("input", filter);
  input.addEventListener("keydown", function (event) {
    var at = selected();
    if (event.key === "ArrowDown") { event.preventDefault(); select(Math.min(at + 1, shown().length - 1)); }
    if (event.key === "ArrowUp") { event.preventDefault(); select(Math.max(at - 1, 0)); }
    if (event.key === "Enter") {
      event.preventDefault();
      var item = shown()[Math.max(at, 0)];
      if (item) { window.location.href = item.querySelector("a").href; }
      else if (search && input.value.trim()) { window.location.href = search + "?q=" + encodeURIComponent(input.value.trim()); }
    }
  });
  dialog.addEventListener("click", function (event) { if (event.target === dialog) { dialog.close(); } });
  document.addEventListener("keydown", function (event) {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") { event.preventDefault(); open(""); }
  });
  document.querySelectorAll("[data-palette]").forEach(function (opener) {
    opener.addEventListener("click", function (event) { event.preventDefault(); open(""); });
  });
})();
