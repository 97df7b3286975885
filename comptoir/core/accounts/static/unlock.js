// The sixth digit opens the desk; no button to reach for. An Enter out of habit
// after it must not count as another try, neither while the answer is on its way
// nor on the empty field that comes with it.

const form = document.getElementById("unlock");
let sent = false;

form.elements.pin.addEventListener("input", () => {
  if (/^\d{6}$/.test(form.elements.pin.value)) form.requestSubmit();
});

form.addEventListener("submit", (event) => {
  if (sent || !form.elements.pin.value.trim()) event.preventDefault();
  else sent = true;
});

// Back to a page that the browser has kept.
addEventListener("pageshow", () => {
  sent = false;
});
