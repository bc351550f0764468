/* Maps without tiles: areas, schools as circles, flows of children. Colours and outlines live in map.css. */
(function () {
  "use strict";
  var L = window.L;

  /* Words go into the page as text, never as markup: names come from files people upload. */
  function words(title, lines) {
    var box = document.createElement("div");
    box.className = "map-words";
    var head = document.createElement("strong");
    head.textContent = title;
    box.appendChild(head);
    (lines || []).forEach(function (line) {
      var row = document.createElement("div");
      row.textContent = line;
      box.appendChild(row);
    });
    return box;
  }

  function Sheet(frame) {
    this.frame = frame;
    this.canvas = frame.querySelector("[data-map]");
    this.data = JSON.parse(document.getElementById(this.canvas.dataset.map).textContent);
    this.schools = [];
    this.flows = [];
    this.zones = L.layerGroup();
    this.scale = Math.min(1, Math.max(0.5, this.canvas.clientWidth / 800)); // of what is drawn, on a small map
    this.map = L.map(this.canvas, {
      attributionControl: false, zoomSnap: 0.25, scrollWheelZoom: false, dragging: !L.Browser.mobile, preferCanvas: false
    });
    this.frameWhole();
    this.addPanes();
    this.addAreas();
    this.addFlows();
    this.addSchools();
    this.addControls();
    this.listen();
    this.pick();
  }

  Sheet.prototype.frameWhole = function () {
    var box = L.latLngBounds([]);
    var data = this.data;
    data.areas.forEach(function (area) { box.extend(L.geoJSON(area.geometry).getBounds()); });
    data.circles.forEach(function (circle) { box.extend([circle.lat, circle.lon]); });
    data.flows.forEach(function (flow) { box.extend([flow.start[1], flow.start[0]]); box.extend([flow.end[1], flow.end[0]]); });
    if (!box.isValid()) box.extend([30, 110]);
    this.whole = box.pad(0.04);
    this.map.fitBounds(this.whole);
  };

  Sheet.prototype.addPanes = function () {
    this.map.createPane("flows").style.zIndex = 410;
    this.map.createPane("schools").style.zIndex = 420;
    this.flowDrawer = this.data.flows.length > 600 ? L.canvas({ pane: "flows" }) : L.svg({ pane: "flows" });
    this.schoolDrawer = L.svg({ pane: "schools" });
  };

  Sheet.prototype.addAreas = function () {
    var sheet = this;
    this.data.areas.forEach(function (area) {
      var zone = area.kind === "zone";
      var name = zone ? "map-zone" : "map-area" + (area.shade ? " shaded-" + area.shade : "");
      var layer = L.geoJSON(area.geometry, { style: { className: name, interactive: !zone }, interactive: !zone });
      if (!zone && area.name) layer.bindTooltip(words(area.name, area.lines), { sticky: true });
      if (zone) return sheet.zones.addLayer(layer);
      layer.addTo(sheet.map);
      if (area.label) {
        L.tooltip({ permanent: true, direction: "center", className: "map-label", interactive: false })
          .setLatLng(layer.getBounds().getCenter()).setContent(words(area.label)).addTo(sheet.map);
      }
    });
    this.zones.addTo(this.map);
  };

  /* A flow is a bent wedge: broad where children leave, thin where they arrive; broad means many. */
  Sheet.prototype.wedge = function (flow) {
    var map = this.map;
    var from = map.latLngToLayerPoint([flow.start[1], flow.start[0]]);
    var to = map.latLngToLayerPoint([flow.end[1], flow.end[0]]);
    var dx = to.x - from.x, dy = to.y - from.y, length = Math.hypot(dx, dy) || 1;
    var nx = -dy / length, ny = dx / length, bend = Math.min(length * 0.18, 40);
    var middle = { x: (from.x + to.x) / 2 + nx * bend, y: (from.y + to.y) / 2 + ny * bend };
    var broad = 1 + 8 * Math.sqrt(flow.number / this.most), left = [], right = [], steps = 14;
    for (var i = 0; i <= steps; i++) {
      var t = i / steps, u = 1 - t;
      var x = u * u * from.x + 2 * u * t * middle.x + t * t * to.x;
      var y = u * u * from.y + 2 * u * t * middle.y + t * t * to.y;
      var half = (broad * u + 0.8 * t) / 2;
      left.push(map.layerPointToLatLng(L.point(x + nx * half, y + ny * half)));
      right.unshift(map.layerPointToLatLng(L.point(x - nx * half, y - ny * half)));
    }
    return left.concat(right);
  };

  Sheet.prototype.addFlows = function () {
    var sheet = this;
    this.most = this.data.flows.reduce(function (most, flow) { return Math.max(most, flow.number); }, 1);
    this.flowLayer = L.layerGroup().addTo(this.map);
    var few = this.data.flows.slice().sort(function (a, b) { return b.number - a.number; });
    few.forEach(function (flow) {
      var layer = L.polygon(sheet.wedge(flow), {
        renderer: sheet.flowDrawer, className: "map-flow", color: "#5b3fb8", stroke: false, fillOpacity: 0.5, smoothFactor: 0
      });
      layer.bindTooltip(function () { return words(flow.title, flow.lines); }, { sticky: true });
      sheet.flowLayer.addLayer(layer);
      sheet.flows.push({ flow: flow, layer: layer });
    });
    this.map.on("zoomend", function () {
      sheet.flows.forEach(function (entry) { entry.layer.setLatLngs(sheet.wedge(entry.flow)); });
    });
  };

  Sheet.prototype.radius = function (circle, largest) {
    var room = (this.data.circles.length > 300 ? 6 : 13) * this.scale;
    return 2 + this.scale + room * Math.sqrt(Math.max(circle.size, 0) / largest);
  };

  Sheet.prototype.addSchools = function () {
    var sheet = this;
    var largest = this.data.circles.reduce(function (most, circle) { return Math.max(most, circle.size); }, 1);
    this.data.circles.slice().sort(function (a, b) { return b.size - a.size; }).forEach(function (circle) {
      var layer = L.circleMarker([circle.lat, circle.lon], {
        renderer: sheet.schoolDrawer, radius: sheet.radius(circle, largest), className: "map-school band-" + circle.band, bubblingMouseEvents: false
      });
      layer.bindTooltip(function () { return words(circle.name, circle.lines); }, { direction: "top" });
      layer.addTo(sheet.map);
      sheet.schools.push({ circle: circle, layer: layer });
    });
    this.schools.forEach(function (school, index) { sheet.reachable(school, index === 0); });
  };

  /* One stop of the tab key; arrow keys walk to the nearest school in that direction. */
  Sheet.prototype.reachable = function (school, first) {
    var sheet = this, path = school.layer.getElement();
    path.setAttribute("tabindex", first ? "0" : "-1");
    path.setAttribute("role", school.circle.url ? "link" : "img");
    path.setAttribute("aria-label", [school.circle.name].concat(school.circle.lines || []).join(", "));
    path.addEventListener("focus", function () { sheet.show(school); });
    path.addEventListener("blur", function () { sheet.rest(school); });
    path.addEventListener("keydown", function (event) { sheet.key(school, event); });
    school.layer.on("mouseover", function () { sheet.raise(school.circle.id); });
    school.layer.on("mouseout", function () { sheet.raise(null); });
    school.layer.on("click", function () { sheet.open(school); });
  };

  Sheet.prototype.open = function (school) { if (school.circle.url) window.location.assign(school.circle.url); };

  Sheet.prototype.show = function (school) {
    if (!this.map.getBounds().contains(school.layer.getLatLng())) this.map.panTo(school.layer.getLatLng(), { animate: false });
    school.layer.openTooltip();
    this.raise(school.circle.id);
  };

  Sheet.prototype.rest = function (school) { school.layer.closeTooltip(); this.raise(null); };

  Sheet.prototype.key = function (school, event) {
    var turns = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };
    if (event.key === "Enter" || event.key === " ") { event.preventDefault(); return this.open(school); }
    if (!turns[event.key]) return;
    event.preventDefault();
    event.stopPropagation();
    var next = this.nearest(school, turns[event.key]);
    if (next) this.go(school, next);
  };

  Sheet.prototype.go = function (from, to) {
    if (from) from.layer.getElement().setAttribute("tabindex", "-1");
    to.layer.getElement().setAttribute("tabindex", "0");
    to.layer.bringToFront();
    to.layer.getElement().focus();
  };

  Sheet.prototype.nearest = function (school, turn) {
    var map = this.map, here = map.latLngToLayerPoint(school.layer.getLatLng()), best = null, least = Infinity;
    this.schools.forEach(function (other) {
      if (other === school) return;
      var there = map.latLngToLayerPoint(other.layer.getLatLng());
      var along = (there.x - here.x) * turn[0] + (there.y - here.y) * turn[1];
      var aside = Math.abs((there.x - here.x) * turn[1]) + Math.abs((there.y - here.y) * turn[0]);
      var cost = along + 2 * aside;
      if (along > 0 && cost < least) { least = cost; best = other; }
    });
    return best;
  };

  /* Pointing at a school keeps its own flows and quiets the others. */
  Sheet.prototype.raise = function (id) {
    this.flows.forEach(function (entry) {
      var mine = id !== null && (entry.flow.from_id === id || entry.flow.to_id === id);
      entry.layer.setStyle({ fillOpacity: id === null ? 0.5 : mine ? 0.85 : 0.06 });
      var path = entry.layer.getElement && entry.layer.getElement();
      if (path && path.classList) {
        path.classList.toggle("raised", mine);
        path.classList.toggle("faded", id !== null && !mine);
      }
    });
  };

  Sheet.prototype.addControls = function () {
    var canvas = this.canvas.dataset;
    this.map.zoomControl.setPosition("topleft");
    this.canvas.querySelectorAll(".leaflet-control-zoom a").forEach(function (link) {
      var into = link.classList.contains("leaflet-control-zoom-in");
      link.title = into ? canvas.zoomIn : canvas.zoomOut;
      link.setAttribute("aria-label", link.title);
    });
    L.control.scale({ imperial: false, position: "bottomleft" }).addTo(this.map);
    L.control.attribution({ prefix: false }).addTo(this.map).addAttribution(document.createTextNode(canvas.approval).textContent.replace(/[<>&]/g, ""));
  };

  /* On a phone the names of areas wait until there is room for them. */
  Sheet.prototype.makeRoom = function () {
    var near = this.map.getZoom() >= this.map.getBoundsZoom(this.whole) + 0.9;
    this.canvas.classList.toggle("crowded", this.scale < 0.6 && !near);
  };

  Sheet.prototype.listen = function () {
    var sheet = this;
    this.makeRoom();
    this.map.on("zoomend", function () { sheet.makeRoom(); });
    this.map.on("focus", function () { sheet.map.scrollWheelZoom.enable(); });
    this.map.on("blur", function () { sheet.map.scrollWheelZoom.disable(); });
    this.frame.querySelectorAll("[data-layer]").forEach(function (box) {
      box.addEventListener("change", function () {
        var layer = box.dataset.layer === "zones" ? sheet.zones : sheet.flowLayer;
        if (box.checked) layer.addTo(sheet.map); else sheet.map.removeLayer(layer);
      });
    });
    var whole = this.frame.querySelector("[data-whole]");
    if (whole) whole.addEventListener("click", function () { sheet.map.fitBounds(sheet.whole, { animate: false }); });
    var finder = this.frame.querySelector("[data-find]");
    if (finder) finder.addEventListener("change", function () { sheet.find(finder.value); });
  };

  /* A click on the map is a point that the form asks about. */
  Sheet.prototype.pick = function () {
    var form = document.getElementById(this.canvas.dataset.pick || "");
    if (!form) return;
    this.canvas.classList.add("map-pick");
    this.map.on("click", function (event) {
      form.elements.lon.value = event.latlng.lng.toFixed(6);
      form.elements.lat.value = event.latlng.lat.toFixed(6);
      form.submit();
    });
  };

  Sheet.prototype.find = function (name) {
    var found = this.schools.filter(function (school) { return school.circle.name === name; })[0];
    if (!found) return;
    this.map.setView(found.layer.getLatLng(), Math.max(this.map.getZoom(), this.map.getBoundsZoom(this.whole) + 2), { animate: false });
    this.go(this.schools.filter(function (s) { return s.layer.getElement().getAttribute("tabindex") === "0"; })[0], found);
  };

  function drawAll(scope) {
    scope.querySelectorAll("[data-map-frame]").forEach(function (frame) {
      if (frame.dataset.drawn) return;
      frame.dataset.drawn = "yes";
      new Sheet(frame);
    });
  }

  /* A map that comes after its page. Not by htmx, which drops all script tags, those with figures too. */
  function fetchLater(scope) {
    scope.querySelectorAll("[data-map-later]").forEach(function (spot) {
      fetch(spot.dataset.mapLater, { credentials: "same-origin", headers: { "HX-Request": "true" } })
        .then(function (answer) { if (!answer.ok) throw new Error(answer.status); return answer.text(); })
        .then(function (page) {
          spot.replaceChildren.apply(spot, new DOMParser().parseFromString(page, "text/html").body.childNodes);
          drawAll(spot);
        })
        .catch(function () { spot.querySelector("[data-map-waiting]").remove(); }); // the link to the map stays
    });
  }

  document.addEventListener("DOMContentLoaded", function () { drawAll(document); fetchLater(document); });
  document.addEventListener("htmx:load", function (event) { drawAll(event.detail.elt); });
})();
