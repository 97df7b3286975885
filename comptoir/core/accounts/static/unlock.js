// The sixth digit opens the desk; no button to reach for.

const form = document.getElementById("unlock");

form.elements.pin.addEventListener("input", () => {
  if (/^\d{6}$/.test(form.elements.pin.value)) form.requestSubmit();
});
