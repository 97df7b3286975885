// Signing with a finger, a pen or the mouse; typing one's name is as good.
//
// Only the shape of the lines is kept. How fast and how hard somebody wrote is
// biometric data that nobody needs.

import SignaturePad from "./vendor/signature_pad.min.js";

const WIDTH = 600; // the drawing's own units, as the server gets them
const HEIGHT = 200;

for (const root of document.querySelectorAll("[data-signature]")) connect(root);
document.addEventListener("htmx:afterSettle", (event) => {
  event.detail.elt.querySelectorAll?.("[data-signature]").forEach(connect);
});

function connect(root) {
  if (root.dataset.connected) return;
  root.dataset.connected = "yes";
  const canvas = root.querySelector("canvas");
  const hidden = root.querySelector("input[type=hidden]");
  const clear = root.querySelector("[data-clear]");
  const ink = getComputedStyle(canvas).color;
  const pad = new SignaturePad(canvas, { penColor: ink, minWidth: 1, maxWidth: 2.4 });

  const save = () => {
    hidden.value = pad.isEmpty() ? "" : JSON.stringify(drawing(pad, canvas));
    root.toggleAttribute("data-signed", !pad.isEmpty());
    hidden.dispatchEvent(new Event("input", { bubbles: true })); // for kept-forms.js
  };

  // The bitmap follows the size of the element; what was drawn is drawn again.
  const fit = () => {
    const ratio = Math.max(window.devicePixelRatio, 1);
    const { offsetWidth: width, offsetHeight: height } = canvas;
    if (!width) return;
    const old = pad.toData();
    const scale = canvas.dataset.drawn ? width / Number(canvas.dataset.drawn) : 1;
    canvas.dataset.drawn = width;
    canvas.width = width * ratio;
    canvas.height = height * ratio;
    canvas.getContext("2d").scale(ratio, ratio);
    pad.fromData(
      old.map((stroke) => ({
        ...stroke,
        points: stroke.points.map((point) => ({ ...point, x: point.x * scale, y: point.y * scale })),
      })),
    );
  };

  pad.addEventListener("endStroke", save);
  clear.addEventListener("click", () => {
    pad.clear();
    save();
  });
  new ResizeObserver(fit).observe(canvas);
  fit();
  if (hidden.value) {
    pad.fromData(lines(JSON.parse(hidden.value), canvas, pad));
    save();
  }
}

/** A drawing as the lines of a pad: what kept-forms.js has kept is drawn again. */
function lines({ strokes }, canvas, { penColor, minWidth, maxWidth }) {
  const across = canvas.offsetWidth / WIDTH;
  const down = canvas.offsetHeight / HEIGHT;
  return strokes.map((stroke) => ({
    penColor,
    minWidth,
    maxWidth,
    dotSize: 0,
    velocityFilterWeight: 0.7,
    compositeOperation: "source-over",
    points: stroke.map(([x, y]) => ({ x: x * across, y: y * down, pressure: 0.5, time: 0 })),
  }));
}

/** Lines as lists of [x, y] in a box of 600 by 200. */
function drawing(pad, canvas) {
  const across = WIDTH / canvas.offsetWidth;
  const down = HEIGHT / canvas.offsetHeight;
  const round = (number) => Math.round(number * 10) / 10;
  return {
    width: WIDTH,
    height: HEIGHT,
    strokes: pad
      .toData()
      .map((stroke) => stroke.points.map(({ x, y }) => [round(x * across), round(y * down)])),
  };
}
