// Reads codes out of camera frames, away from the page's own thread.

importScripts("vendor/zxing-reader.js");

// The library would fetch its wasm file from a public server; it lies beside it.
ZXingWASM.prepareZXingModule({
  overrides: { locateFile: (file) => new URL(`vendor/${file}`, self.location.href).href },
  fireImmediately: true,
}).then(
  () => self.postMessage({ ready: true }),
  (error) => self.postMessage({ failed: String(error) }),
);

self.onmessage = async ({ data: frame }) => {
  let code = null;
  try {
    const found = await ZXingWASM.readBarcodes(frame, {
      formats: ["QRCode", "Code128"],
      tryHarder: true,
      maxNumberOfSymbols: 1,
    });
    const [first] = found.filter((result) => result.isValid);
    if (first) {
      const { topLeft, topRight, bottomRight, bottomLeft } = first.position;
      code = { text: first.text, corners: [topLeft, topRight, bottomRight, bottomLeft] };
    }
  } catch {
    // A frame that cannot be read is no reason to stop looking.
  }
  self.postMessage({ code });
};
