// The desk without a mouse. Each key does what a button or link on the screen does.

const FUNCTION_KEY = /^F\d+$/;

/** Listen for keys on the page; `field()` is where scans are typed, `desk` holds the answers. */
export function listenForKeys(desk, field) {
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented) return;
    if (pressKey(desk, event) || event.ctrlKey || event.altKey || event.metaKey) return;
    const active = document.activeElement;
    const isAtDesk = active === field() || desk.contains(active) || active === document.body;
    if (event.key === "Escape" && isAtDesk) goBack(desk, field());
    else if (event.key === "ArrowDown" || event.key === "ArrowUp") choose(desk, field(), event);
  });
}

/** Out of a button; out of a question; out of what was typed; then to the end of the visit. */
function goBack(desk, field) {
  const question = desk.querySelector("[data-question]");
  if (question) question.remove();
  else if (document.activeElement === field && !field.value) {
    desk.querySelector("[data-done] button")?.focus();
    return;
  } else if (document.activeElement === field) field.value = "";
  if (!isInForm(document.activeElement)) field.focus();
}

/** Somebody is being registered: Escape takes nothing from them. */
const isInForm = (element) => Boolean(element.closest("form.borrower"));

/** Press what a function key stands for within `place`; say whether there was such a thing. */
export function pressKey(place, event) {
  if (event.ctrlKey || event.altKey || event.metaKey || !FUNCTION_KEY.test(event.key)) return false;
  const target = place.querySelector(`[aria-keyshortcuts="${event.key}"]`);
  if (!target) return false;
  event.preventDefault();
  target.click();
  return true;
}

/** Up and down in what was found; above the first is the field. */
function choose(desk, field, event) {
  const found = [field, ...desk.querySelectorAll(".found .people :is(button, a)")];
  const place = found.indexOf(document.activeElement);
  const next = found[place + (event.key === "ArrowDown" ? 1 : -1)];
  if (place < 0 || !next) return;
  event.preventDefault();
  next.focus();
}
