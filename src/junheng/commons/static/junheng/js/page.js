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

  document.addEventListener("submit", sendOnce);
  document.addEventListener("click", clicked);
  window.addEventListener("pageshow", freeForms);
  document.addEventListener("DOMContentLoaded", function () { focusFirstError(); registerWorker(); });
})();
