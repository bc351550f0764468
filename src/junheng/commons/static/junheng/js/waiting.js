// A form that sends itself when its turn has come; without scripts there is its button.
document.querySelectorAll("form[data-waiting]").forEach((form) => {
  const seconds = Math.min(Number(form.dataset.waiting) || 1, 60);
  setTimeout(() => form.requestSubmit(), seconds * 1000);
});
