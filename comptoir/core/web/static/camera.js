// The camera as a scanner: on until switched off, each code once while it is in view.

const FRAME_EVERY = 80; // milliseconds between two looks
const OUT_OF_VIEW = 1500; // after this long unseen, the same code is a new scan
const WIDEST = 960; // a frame is scaled down to this many pixels for reading
const CHOSEN = "comptoir.camera";

/**
 * Make the camera part of a page work (see core/_scan.html).
 *
 * @param {HTMLElement|null} root
 * @param {(text: string) => void} onCode
 */
export function connectCamera(root, onCode) {
  if (root) new Camera(root, onCode);
}

class Camera {
  constructor(root, onCode) {
    this.root = root;
    this.onCode = onCode;
    this.part = (name) => root.querySelector(`[data-part="${name}"]`);
    this.video = this.part("video");
    this.overlay = this.part("overlay");
    this.canvas = document.createElement("canvas");
    this.seen = { text: null, at: -Infinity };
    this.stream = null;
    this.wanted = false;
    this.turn = 0; // counts starts and releases: what an earlier one awaited comes too late
    this.part("toggle").addEventListener("click", () => (this.wanted ? this.stop() : this.start()));
    this.part("devices").addEventListener("change", (event) => this.choose(event.target.value));
    this.part("torch").addEventListener("click", () => this.switchTorch());
    document.addEventListener("visibilitychange", () => this.visibility());
    window.addEventListener("pagehide", () => this.release());
  }

  async start() {
    const turn = ++this.turn;
    this.wanted = true;
    this.show("starting");
    if (!navigator.mediaDevices?.getUserMedia) return this.fail("insecure");
    try {
      const stream = await navigator.mediaDevices.getUserMedia({ audio: false, video: wish() });
      if (turn !== this.turn || document.hidden) return stop(stream);
      this.stream = stream;
      this.video.srcObject = stream;
      await this.video.play();
    } catch (error) {
      if (turn !== this.turn) return;
      return this.fail(error.name === "NotAllowedError" ? "refused" : "missing");
    }
    if (turn !== this.turn) return;
    this.show("looking");
    await this.listDevices();
    if (turn !== this.turn) return;
    this.offerTorch();
    this.look();
  }

  stop() {
    this.wanted = false;
    this.release();
    this.show("off");
  }

  release() {
    this.turn += 1;
    stop(this.stream);
    this.stream = null;
    this.video.srcObject = null;
    this.worker?.terminate();
    this.worker = null;
    this.draw(null);
  }

  fail(why) {
    this.wanted = false;
    this.release();
    this.show(why);
  }

  visibility() {
    if (document.hidden) this.release();
    else if (this.wanted && !this.stream) this.start();
  }

  // Which camera

  async listDevices() {
    const devices = await navigator.mediaDevices.enumerateDevices();
    const cameras = devices.filter((device) => device.kind === "videoinput" && device.deviceId);
    const current = this.stream?.getVideoTracks()[0]?.getSettings().deviceId;
    const select = this.part("devices");
    select.replaceChildren(
      ...cameras.map((device, index) => {
        const name = device.label || `${select.dataset.name} ${index + 1}`;
        return new Option(name, device.deviceId, false, device.deviceId === current);
      }),
    );
    this.part("choice").hidden = cameras.length < 2;
  }

  choose(deviceId) {
    remember(deviceId);
    this.release();
    this.start();
  }

  offerTorch() {
    const track = this.stream?.getVideoTracks()[0];
    const button = this.part("torch");
    button.hidden = !track?.getCapabilities?.().torch;
    button.setAttribute("aria-pressed", "false");
  }

  async switchTorch() {
    const button = this.part("torch");
    const on = button.getAttribute("aria-pressed") !== "true";
    await this.stream.getVideoTracks()[0].applyConstraints({ advanced: [{ torch: on }] });
    button.setAttribute("aria-pressed", String(on));
  }

  // Looking

  look() {
    const worker = new Worker(new URL("./camera-worker.js", import.meta.url));
    this.worker = worker;
    worker.onerror = () => worker === this.worker && this.fail("missing");
    worker.onmessage = ({ data }) => {
      if (worker !== this.worker) return;
      if (data.failed) return this.fail("missing");
      if ("code" in data) this.found(data.code);
      setTimeout(() => this.sendFrame(worker), FRAME_EVERY);
    };
  }

  sendFrame(worker) {
    if (worker !== this.worker) return;
    const { videoWidth, videoHeight } = this.video;
    if (!videoWidth) return setTimeout(() => this.sendFrame(worker), FRAME_EVERY);
    const scale = Math.min(1, WIDEST / Math.max(videoWidth, videoHeight));
    this.canvas.width = Math.round(videoWidth * scale);
    this.canvas.height = Math.round(videoHeight * scale);
    const context = this.canvas.getContext("2d", { willReadFrequently: true });
    context.drawImage(this.video, 0, 0, this.canvas.width, this.canvas.height);
    const frame = context.getImageData(0, 0, this.canvas.width, this.canvas.height);
    worker.postMessage(frame, [frame.data.buffer]);
  }

  found(code) {
    this.draw(code);
    if (!code) return;
    const now = performance.now();
    const held = code.text === this.seen.text && now - this.seen.at < OUT_OF_VIEW;
    this.seen = { text: code.text, at: now };
    if (!held) this.onCode(code.text);
  }

  draw(code) {
    this.overlay.width = this.canvas.width;
    this.overlay.height = this.canvas.height;
    this.root.toggleAttribute("data-reading", Boolean(code));
    if (!code) return;
    const context = this.overlay.getContext("2d");
    context.lineWidth = Math.max(4, this.overlay.width / 120);
    context.lineJoin = "round";
    context.strokeStyle = "#35e07f";
    context.beginPath();
    for (const { x, y } of code.corners) context.lineTo(x, y);
    context.closePath();
    context.stroke();
  }

  show(state) {
    this.root.dataset.state = state;
    this.part("toggle").setAttribute("aria-expanded", String(this.wanted));
    this.part("view").hidden = !this.wanted;
    for (const text of this.root.querySelectorAll("[data-when]")) {
      text.hidden = !text.dataset.when.split(" ").includes(state);
    }
  }
}

function wish() {
  const size = { width: { ideal: 1280 }, height: { ideal: 720 } };
  const deviceId = chosen();
  // A camera that is gone is not insisted on: the one at the back is taken.
  return deviceId ? { ...size, deviceId } : { ...size, facingMode: "environment" };
}

function stop(stream) {
  for (const track of stream?.getTracks() ?? []) track.stop();
}

function chosen() {
  try {
    return localStorage.getItem(CHOSEN);
  } catch {
    return null;
  }
}

function remember(deviceId) {
  try {
    localStorage.setItem(CHOSEN, deviceId);
  } catch {
    // Storage is switched off: the browser's first choice it is.
  }
}
