// Dragging by pointer events: by mouse from anywhere on a thing, by touch from its handle, as
// a finger anywhere else scrolls the page. The page follows near the edges of the window.

const MOVED = 4; // pixels after which a press is a drag
const EDGE = 48; // pixels from an edge of the window at which the page scrolls
const STEP = 8; // pixels that it scrolls in a frame

let dragged = false; // the press that ends now was a drag, and so is no click

document.addEventListener("pointerdown", () => (dragged = false), true);
document.addEventListener(
  "click",
  (event) => {
    if (!dragged) return;
    dragged = false;
    event.preventDefault();
    event.stopPropagation();
  },
  true,
);

// Let an element be dragged. The thing hears `pick`, `over` an element or nothing, and at last
// either `drop` or `leave`; its `text` goes along with the pointer.
export function draggable(element, thing) {
  element.classList.add("draggable");
  for (const link of element.querySelectorAll("a")) link.draggable = false;
  element.addEventListener("pointerdown", (down) => {
    if (down.button === 0 && down.isPrimary) press(element, thing, down);
  });
}

function press(element, thing, down) {
  const listening = new AbortController();
  const { signal } = listening;
  let at = down;
  let label = null; // what goes along, once it is a drag

  const start = () => {
    dragged = true;
    element.setPointerCapture(down.pointerId);
    label = document.createElement("span");
    label.className = "dragged";
    label.textContent = thing.text;
    label.setAttribute("aria-hidden", "true");
    document.body.append(label);
    thing.pick();
    requestAnimationFrame(follow);
  };
  const look = () => {
    label.style.translate = `${at.clientX}px ${at.clientY}px`;
    thing.over(document.elementFromPoint(at.clientX, at.clientY));
  };
  const follow = () => {
    if (signal.aborted) return;
    const far = at.clientY > innerHeight - EDGE;
    if (far || at.clientY < EDGE) {
      scrollBy(0, far ? STEP : -STEP);
      look();
    }
    requestAnimationFrame(follow);
  };
  const stop = (event) => {
    if (event.type === "keydown" && event.key !== "Escape") return;
    listening.abort();
    if (!label) return;
    label.remove();
    if (event.type === "pointerup") thing.drop();
    else thing.leave();
  };

  const move = (event) => {
    at = event;
    if (!label && Math.hypot(at.clientX - down.clientX, at.clientY - down.clientY) < MOVED) return;
    if (!label) start();
    look();
  };
  document.addEventListener("pointermove", move, { signal });
  for (const name of ["pointerup", "pointercancel", "keydown"]) {
    document.addEventListener(name, stop, { signal });
  }
}
