/* Keeps the offline page and its static files. Pages, pupils and answers are never kept. */
"use strict";
var KEPT = {{ kept|safe }};
var OFFLINE = {{ offline|safe }};
var STATIC = {{ static|safe }};
var STORE = "junheng-{{ version }}";

self.addEventListener("install", function (event) {
  event.waitUntil(caches.open(STORE).then(function (store) { return store.addAll(KEPT); }).then(function () { return self.skipWaiting(); }));
});

self.addEventListener("activate", function (event) {
  event.waitUntil(caches.keys().then(function (names) {
    return Promise.all(names.filter(function (name) { return name !== STORE; }).map(function (name) { return caches.delete(name); }));
  }));
});

self.addEventListener("fetch", function (event) {
  var request = event.request;
  if (request.method !== "GET") return;
  if (request.mode === "navigate") {
    event.respondWith(fetch(request).catch(function () { return caches.match(OFFLINE); }));
  } else if (new URL(request.url).pathname.indexOf(STATIC) === 0) {
    event.respondWith(fetch(request).catch(function () { return caches.match(request).then(function (kept) { return kept || Response.error(); }); }));
  }
});
