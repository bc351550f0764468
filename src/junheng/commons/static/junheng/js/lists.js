/* Lists: long choices become searchable, a failed partial load says so. Swapping itself is htmx by attributes. */
(function () {
  "use strict";

  function searchable(select) {
    if (select.tomselect || !window.TomSelect) return;
    new window.TomSelect(select, {
      maxOptions: 200,
      allowEmptyOption: true,
      render: {
        no_results: function () {
          var none = document.createElement("div");
          none.className = "no-results";
          none.textContent = select.dataset.none || "";
          return none;
        }
      }
    });
  }

  function enhance(scope) { scope.querySelectorAll("select[data-search]").forEach(searchable); }

  function noteFor(event) {
    var card = event.target.closest && event.target.closest("section.card");
    return (card || document).querySelector("[data-load-failed]");
  }

  function failed(event) {
    var note = noteFor(event);
    if (note) { note.hidden = false; note.focus(); }
  }

  function loaded(event) {
    var note = noteFor(event);
    if (note) note.hidden = true;
  }

  document.addEventListener("DOMContentLoaded", function () { enhance(document); });
  document.addEventListener("htmx:load", function (event) { enhance(event.detail.elt); });
  document.addEventListener("htmx:responseError", failed);
  document.addEventListener("htmx:sendError", failed);
  document.addEventListener("htmx:timeout", failed);
  document.addEventListener("htmx:afterSwap", loaded);
})();
