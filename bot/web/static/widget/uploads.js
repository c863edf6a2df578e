// Files on their way to the server. They live as long as the page: a browser keeps no files for it.

const MEGABYTE = 1024 * 1024;

class Uploads {
  constructor(chat) {
    this.chat = chat;
  }

  add(files) {
    this.chat.notice = null;
    for (const file of files) {
      const refused = this.#refused(file);
      if (refused) this.chat.notice = refused;
      else this.#send(this.#queued(file));
    }
    this.chat.changed();
  }

  retry(upload) {
    upload.state = "sending";
    this.#send(upload);
  }

  remove(upload) {
    this.chat.uploads = this.chat.uploads.filter((one) => one !== upload);
    this.chat.changed();
  }

  /** Why a file cannot be sent, before it is; the server looks again, into the bytes. */
  #refused({ name, size, type }) {
    const { max_bytes, types } = this.chat.settings.upload;
    if (!size) return { key: "file_empty", name };
    if (size > max_bytes) return { key: "file_too_big", name, limit: max_bytes / MEGABYTE };
    if (type && !types.includes(type)) return { key: "file_wrong", name, types: typeNames(types) };
    return null;
  }

  #queued(file) {
    const { name, size, type } = file;
    const shown = { role: "customer", author: null, text: `[${name}]`, at: new Date().toISOString() };
    const about = { name, size, content_type: type, local: file };
    const upload = { ...shown, key: newId(), order: 2e15, state: "sending", file: about };
    this.chat.uploads.push(upload);
    return upload;
  }

  async #send(upload) {
    const { chat } = this;
    const form = new FormData();
    form.append("file", upload.file.local);
    const sent = await chat.act(async () => {
      await chat.ensure();
      const kept = await chat.api.call("POST", chat.api.path("files"), form);
      const { role, author, text, at } = upload;
      const file = { ...kept, local: upload.file.local };
      chat.take({ messages: [{ id: kept.message_id, role, author, text, at, file }] });
    });
    if (sent) return this.remove(upload);
    upload.state = "failed";
    if (chat.notice?.key === "failed") chat.notice = { key: "file_failed", name: upload.file.name };
    chat.changed();
  }
}

/** "PNG, JPEG" for media types. */
function typeNames(types) {
  return types.map((type) => type.split("/")[1].replace("plain", "txt").toUpperCase()).join(", ");
}

function fileSize(bytes) {
  return bytes < MEGABYTE ? `${Math.max(1, Math.round(bytes / 1024))} KB` : `${(bytes / MEGABYTE).toFixed(1)} MB`;
}

/** A small picture of an image file, drawn: strict pages allow no blob addresses. */
async function preview(file, alternative) {
  if (!/^image\//.test(file.type)) return null;
  try {
    const picture = await createImageBitmap(file);
    const scale = Math.min(1, 440 / picture.width, 320 / picture.height);
    const canvas = make("canvas", "preview");
    canvas.width = Math.max(1, Math.round(picture.width * scale));
    canvas.height = Math.max(1, Math.round(picture.height * scale));
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", alternative);
    return canvas;
  } catch {
    return null; // not a picture after all
  }
}
