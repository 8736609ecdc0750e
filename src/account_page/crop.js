// The dialog in which people choose which part of a picture they use.

import { freshId, h } from "./dom.js";
import { t } from "./texts.js";

/** The sides of the result are at most this long, in pixels. */
const MAX_SIDE = 1024;
const JPEG_QUALITY = 0.92;

/** The part of the dialog's area that the square takes. The rest shows what is cut off. */
const SQUARE = 0.86;

/** How far the arrow keys move the picture, in pixels. */
const STEP = 8;

/** The zoom is a power of two, from 0, at which the square shows as much as possible. */
const ZOOM = { min: 0, max: 3, step: 0.125 };

let library;

/**
 * Cropper.js 1.6.3 (cropperjs on npm) with its style: cropper.min.js and cropper.min.css, unchanged.
 * They are loaded only when somebody chooses a picture.
 */
function loadLibrary() {
  library ??= Promise.all([import("/account/cropper.js"), loadStyle("/account/cropper.css")]).then(
    // The file is a classic script, which defines a global.
    () => globalThis.Cropper,
  );
  library.catch(() => (library = undefined));
  return library;
}

function loadStyle(href) {
  return new Promise((resolve, reject) => {
    document.head.append(h("link", { rel: "stylesheet", href, onload: resolve, onerror: reject }));
  });
}

/**
 * Lets the user choose a square of a picture. Resolves to the square as a PNG or JPEG, or to
 * undefined if the user cancelled. A file that the browser can't read stays as it is, because the
 * service explains best what is wrong with it.
 */
export async function crop(file) {
  const opener = document.activeElement;
  const source = URL.createObjectURL(file);
  try {
    const image = h("img", { src: source, alt: t("crop.picture") });
    let Cropper;
    try {
      [Cropper] = await Promise.all([loadLibrary(), image.decode()]);
    } catch {
      return file;
    }
    const png = file.type === "image/png";
    return await ask(image, Cropper, opener, async (square) => (await draw(image, square, png)) ?? file);
  } finally {
    URL.revokeObjectURL(source);
  }
}

/** Opens the dialog. Resolves to what `use` makes of the chosen square. */
function ask(image, Cropper, opener, use) {
  return new Promise((resolve) => {
    const id = freshId("crop");
    let answer;
    let started = false;
    const preview = h("div", { class: "crop-preview", "aria-hidden": "true" });
    const slider = h("input", { type: "range", id: `${id}-zoom`, ...ZOOM, value: ZOOM.min, oninput: () => zoom() });
    // An application, so that screen readers leave the arrow keys to it.
    const area = h(
      "div",
      {
        class: "crop-area",
        role: "application",
        tabindex: "0",
        "aria-label": t("crop.picture"),
        "aria-describedby": `${id}-hint`,
      },
      image,
    );
    const dialog = h(
      "dialog",
      { class: "crop", "aria-labelledby": id },
      h("h2", { id }, t("crop.title")),
      area,
      h("div", { class: "crop-zoom" }, preview, h("div", {}, h("label", { for: slider.id }, t("crop.zoom")), slider)),
      h("p", { class: "hint", id: `${id}-hint` }, t("crop.hint")),
      h(
        "div",
        { class: "actions" },
        h("button", { type: "button", class: "primary", onclick: () => finish() }, t("crop.use")),
        h("button", { type: "button", onclick: () => dialog.close() }, t("actions.cancel")),
      ),
    );
    document.body.append(dialog);
    dialog.showModal();
    const cropper = new Cropper(image, {
      aspectRatio: 1,
      // The picture always fills the square, which stays where it is.
      viewMode: 1,
      dragMode: "move",
      cropBoxMovable: false,
      cropBoxResizable: false,
      toggleDragModeOnDblclick: false,
      // Starts small, because the picture can't become smaller than the square.
      autoCropArea: 0.1,
      guides: false,
      center: false,
      highlight: false,
      // The browser turns pictures upright by itself. The policy forbids what these need.
      background: false,
      checkCrossOrigin: false,
      checkOrientation: false,
      preview,
      ready: start,
      zoom: limit,
    });

    function start() {
      const side = Math.round(area.clientWidth * SQUARE);
      const inset = (area.clientWidth - side) / 2;
      cropper.zoomTo(side / Math.min(image.naturalWidth, image.naturalHeight));
      const { width, height } = cropper.getCanvasData();
      cropper.setCanvasData({ left: (area.clientWidth - width) / 2, top: (area.clientWidth - height) / 2 });
      cropper.setCropBoxData({ left: inset, top: inset, width: side, height: side });
      started = true;
    }

    /** The scale at zoom 0. It changes with the size of the screen. */
    const least = () => cropper.getCropBoxData().width / Math.min(image.naturalWidth, image.naturalHeight);

    /** Zooms around the middle of the square to what the slider says. */
    const zoom = (by = 0) => {
      slider.value = Number(slider.value) + by;
      const middle = area.clientWidth / 2;
      cropper.zoomTo(least() * 2 ** slider.value, { x: middle, y: middle });
    };

    /** Keeps the zoom of the wheel and of fingers within the limits, and shows it. */
    function limit(event) {
      if (!started) return;
      const wanted = Math.log2(event.detail.ratio / least());
      const allowed = Math.min(Math.max(wanted, ZOOM.min), ZOOM.max);
      slider.value = allowed;
      if (Math.abs(wanted - allowed) < 0.001) return;
      event.preventDefault();
      zoom();
    }

    const KEYS = {
      ArrowLeft: () => cropper.move(-STEP, 0),
      ArrowRight: () => cropper.move(STEP, 0),
      ArrowUp: () => cropper.move(0, -STEP),
      ArrowDown: () => cropper.move(0, STEP),
      "+": () => zoom(ZOOM.step),
      "=": () => zoom(ZOOM.step),
      "-": () => zoom(-ZOOM.step),
    };
    area.addEventListener("keydown", (event) => {
      if (!KEYS[event.key] || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      KEYS[event.key]();
    });

    const finish = async () => {
      answer = await use(cropper.getData());
      dialog.close();
    };
    dialog.addEventListener("close", () => {
      cropper.destroy();
      dialog.remove();
      (opener?.isConnected ? opener : document.querySelector("h1"))?.focus();
      resolve(answer);
    });
  });
}

/**
 * The square of the picture as a file, null if the browser can't make one. It leaves out what else the
 * original says, like where it was taken.
 */
function draw(image, { x, y, width }, png) {
  const side = Math.max(1, Math.min(MAX_SIDE, Math.round(width)));
  const canvas = h("canvas", { width: side, height: side });
  const context = canvas.getContext("2d");
  if (!png) {
    context.fillStyle = "#fff";
    context.fillRect(0, 0, side, side);
  }
  context.imageSmoothingQuality = "high";
  context.drawImage(image, x, y, width, width, 0, 0, side, side);
  return new Promise((resolve) => {
    canvas.toBlob(resolve, png ? "image/png" : "image/jpeg", JPEG_QUALITY);
  });
}
