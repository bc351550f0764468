/* Small manners of every page. Nothing here is needed to use the site: without scripts, forms and links do the work. */
(function () {
  "use strict";
  var root = document.documentElement;

  function focusFirstError() {
    var summary = document.querySelector("[data-error-summary]");
    if (summary) summary.focus();
  }

  /* A form that was sent once is not sent twice by an impatient finger. */
  function sendOnce(event) {
    var form = event.target;
    if (form.method !== "post" || event.defaultPrevented || form.hasAttribute("data-again")) return;
    if (form.getAttribute("aria-busy") === "true") return event.preventDefault();
    form.setAttribute("aria-busy", "true");
  }

  function freeForms() {
    document.querySelectorAll("form[aria-busy]").forEach(function (form) { form.removeAttribute("aria-busy"); });
  }

  function clicked(event) {
    var asked = event.target.closest("[data-confirm]");
    if (asked && !window.confirm(asked.dataset.confirm)) event.preventDefault();
    if (event.target.closest("[data-print]")) window.print();
    if (event.target.closest("[data-reload]")) window.location.reload();
  }

  function registerWorker() {
    var address = root.dataset.worker;
    if (address && "serviceWorker" in navigator && window.isSecureContext) {
      navigator.serviceWorker.register(address).catch(function () { /* private windows refuse: fine */ });
    }
  }

  /* Two minutes before staff are signed out, the page says so; one click is enough to stay. */
  function warnWhenIdle() {
    var note = document.querySelector("[data-idle-minutes]");
    if (!note) return;
    var wait = Math.max(parseFloat(note.dataset.idleMinutes) - 2, 0.5) * 60000;
    var timer = setTimeout(show, wait);
    function show() { note.hidden = false; }
    note.querySelector("[data-stay]").addEventListener("click", function () {
      fetch(note.dataset.address, { credentials: "same-origin" }).then(function (answer) {
        if (!answer.ok) return;
        note.hidden = true;
        clearTimeout(timer);
        timer = setTimeout(show, wait);
      });
    });
  }

  document.addEventListener("submit", sendOnce);
  document.addEventListener("click", clicked);
  window.addEventListener("pageshow", freeForms);
  document.addEventListener("DOMContentLoaded", function () { focusFirstError(); warnWhenIdle(); registerWorker(); });
})();
