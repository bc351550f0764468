/* Photos are made small on the telephone and sent in piece by piece; a broken connection loses one piece at most.
   Without this file, the form sends the photos as they are. */
(function () {
  "use strict";
  var MOST_BYTES = 300 * 1024;
  var SIDES = [2000, 1600, 1280, 1024];
  var QUALITIES = [0.85, 0.7, 0.55];
  var PIECE = 128 * 1024;
  var LOOK_AGAIN = 2000;

  function begin(box) {
    var form = box.querySelector("form.upload-form");
    if (form && window.tus && tus.isSupported) {
      form.querySelector("[data-upload-send]").hidden = true;
      form.classList.add("scripted"); /* one large button instead of the browser's own */
      form.elements.files.addEventListener("change", function () {
        var chosen = Array.from(form.elements.files.files);
        form.elements.files.value = "";
        sendAll(box, form, chosen);
      });
    }
    if (box.querySelector('[data-state="checking"]')) lookAgain(box);
  }

  /* One after the other: a telephone has little memory, and a line is not faster shared. */
  function sendAll(box, form, chosen) {
    return chosen.reduce(function (before, file) {
      return before.then(function () { return send(box, form, file); });
    }, Promise.resolve());
  }

  function send(box, form, file) {
    var row = newRow(box, file.name);
    var words = box.querySelector("[data-upload-words]").dataset;
    say(row, words.making, "info");
    return madeSmall(file).then(function (small) {
      return new Promise(function (done) {
        var upload = new tus.Upload(small, {
          endpoint: box.dataset.uploads,
          chunkSize: PIECE,
          retryDelays: [0, 1000, 3000, 8000, 20000],
          removeFingerprintOnSuccess: true,
          headers: { "X-CSRFToken": form.elements.csrfmiddlewaretoken.value },
          metadata: { filename: file.name, key: mark() },
          fingerprint: function () {
            return Promise.resolve(["junheng", box.dataset.uploads, file.size, file.lastModified, small.size].join("/"));
          },
          onUploadUrlAvailable: function () { call(box, row, upload.url); },
          onProgress: function (sent, all) { say(row, words.sending + " " + Math.floor(100 * sent / all) + " %", "info"); },
          onError: function (error) { fail(row, error, words.broken); done(); },
          onSuccess: function () {
            row.dataset.state = "checking";
            refresh(box).then(done);
          }
        });
        upload.findPreviousUploads().then(function (known) {
          if (known.length) upload.resumeFromPreviousUpload(known[0]);
          upload.start();
        });
      });
    });
  }

  function fail(row, error, broken) {
    var answer = error && error.originalResponse;
    var told = answer && answer.getStatus() < 500 ? answer.getBody() : "";
    say(row, "!", "danger");
    advise(row, told || broken);
  }

  /* ---------------------------------------------------------------- smaller, and without what hides beside the pixels */

  function madeSmall(file) {
    return opened(file).then(function (picture) {
      var tries = [];
      SIDES.forEach(function (side) { QUALITIES.forEach(function (quality) { tries.push([side, quality]); }); });
      return tries.reduce(function (found, one) {
        return found.then(function (blob) {
          return blob && blob.size <= MOST_BYTES ? blob : drawn(picture, one[0], one[1]);
        });
      }, Promise.resolve(null));
    }).catch(function () { return file; }); /* not a picture here: the server says what is wrong with it */
  }

  function opened(file) {
    if (!window.createImageBitmap) return Promise.reject();
    return createImageBitmap(file, { imageOrientation: "from-image" });
  }

  function drawn(picture, side, quality) {
    var scale = Math.min(1, side / Math.max(picture.width, picture.height));
    var canvas = document.createElement("canvas");
    canvas.width = Math.max(1, Math.round(picture.width * scale));
    canvas.height = Math.max(1, Math.round(picture.height * scale));
    var pen = canvas.getContext("2d");
    pen.fillStyle = "#fff";
    pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
    return new Promise(function (done, no) {
      canvas.toBlob(function (blob) { if (blob) done(blob); else no(); }, "image/jpeg", quality);
    });
  }

  /* --------------------------------------------------------------------------------------------- what the page shows */

  function newRow(box, name) {
    var none = box.querySelector("[data-upload-none]");
    if (none) none.hidden = true;
    var row = box.querySelector("template[data-upload-row]").content.firstElementChild.cloneNode(true);
    row.querySelector("[data-name]").textContent = name;
    box.querySelector("[data-upload-list]").appendChild(row);
    return row;
  }

  /* A photo that goes on has its row already, from the time before. */
  function call(box, row, address) {
    var id = address.split("/").slice(-2)[0];
    box.querySelectorAll("[data-upload]").forEach(function (other) {
      if (other !== row && other.dataset.upload === id) other.remove();
    });
    row.dataset.upload = id;
  }

  function say(row, words, tone) {
    var label = row.querySelector("[data-label]");
    label.textContent = words;
    label.className = "badge toned tone-" + tone;
  }

  function advise(row, words) {
    var advice = row.querySelector("[data-advice]");
    advice.textContent = words;
    advice.hidden = !words;
  }

  function show(row, file) {
    row.dataset.state = file.state;
    say(row, file.label, file.tone);
    advise(row, file.advice);
    var name = row.querySelector("[data-name]");
    if (file.url && !name.querySelector("a")) {
      var link = document.createElement("a");
      link.href = file.url;
      link.target = "_blank";
      link.rel = "noopener";
      link.textContent = file.name;
      name.replaceChildren(link);
    }
    var remove = row.querySelector("[data-remove]");
    if (remove) {
      remove.action = file.remove_url;
      remove.hidden = !file.remove_url;
      remove.querySelector("button").setAttribute("aria-label", remove.textContent.trim() + " " + file.name);
    }
    var removal = row.querySelector("[data-removal]");
    if (removal && file.removal_page) {
      removal.href = file.removal_page;
      removal.hidden = false;
    }
  }

  function refresh(box) {
    return fetch(box.dataset.uploads, { credentials: "same-origin" }).then(function (answer) {
      return answer.ok ? answer.json() : { files: [] };
    }).then(function (told) {
      var known = {};
      told.files.forEach(function (file) { known[file.id] = file; });
      box.querySelectorAll("[data-upload]").forEach(function (row) {
        if (known[row.dataset.upload]) show(row, known[row.dataset.upload]);
        else if (told.files.length) row.remove(); /* sent twice: it is there once */
      });
      lookAgain(box);
    }).catch(function () { lookAgain(box); });
  }

  function lookAgain(box) {
    clearTimeout(box.junhengTimer);
    if (box.querySelector('[data-state="checking"]')) box.junhengTimer = setTimeout(refresh, LOOK_AGAIN, box);
  }

  /* A request that arrives twice begins one file. */
  function mark() {
    return Array.from(crypto.getRandomValues(new Uint8Array(16)), function (byte) { return byte.toString(16).padStart(2, "0"); }).join("");
  }

  document.addEventListener("DOMContentLoaded", function () { document.querySelectorAll("[data-uploads]").forEach(begin); });
})();
