/* The desk by keyboard. Without this the page works by tab and mouse. */
(function () {
  "use strict";

  function pick(form, number) {
    var radios = form.querySelectorAll("#suggested input[type=radio]");
    if (radios[number - 1]) radios[number - 1].checked = true;
  }

  function press(form, how) {
    form.querySelector('button[name="how"][value="' + how + '"]').click();
  }

  function typed(event) {
    var form = event.target.closest("[data-desk]");
    if (!form) return;
    if (event.key === "Enter" && event.ctrlKey) { event.preventDefault(); press(form, "now"); return; }
    /* Enter in the question looks for answers and never sends half of a form. */
    if (event.key === "Enter" && event.target.id === "id_question") { event.preventDefault(); return; }
    if (!event.altKey || event.ctrlKey || !/^Digit[0-6]$/.test(event.code)) return;
    event.preventDefault();
    var number = Number(event.code.slice(5));
    if (number === 0) press(form, "later"); else pick(form, number);
  }

  document.addEventListener("keydown", typed);
})();
