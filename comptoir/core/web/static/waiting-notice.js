// The message about scans without an answer: which one it is, and which come after it.

/** Fill in a prepared message (core/_scan.html). `number` finds the failure in the server's log. */
export function fillIn(message, [first, ...others], number) {
  fill(message, "[data-waiting]", first);
  if (number) {
    fill(message, "[data-number]", number);
    show(message, "[data-numbered]");
  }
  if (!others.length) return;
  message.querySelector("[data-queue] ol").append(...others.map(line));
  show(message, "[data-queue]");
}

function fill(message, selector, text) {
  const place = message.querySelector(selector);
  if (place) place.textContent = text;
}

function show(message, selector) {
  const part = message.querySelector(selector);
  if (part) part.hidden = false;
}

function line(text) {
  const item = document.createElement("li");
  item.textContent = text;
  return item;
}
