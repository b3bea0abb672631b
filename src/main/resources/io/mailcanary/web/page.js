// Keeps an open page up to date: when something on it has changed, the page is fetched again and what
// differs is put in its place. Without this script the page reads the same and stands still.
(() => {
  'use strict';
  const PAUSE = 2000;
  const AT_LEAST = 30000;
  const PATIENCE = 20000;
  const ASLEEP = 15000;
  const main = document.getElementById('main');
  const live = document.getElementById('live');
  const clock = document.getElementById('clock');
  const concern = main.dataset.live;
  const unfinished = () => main.dataset.soon !== undefined;
  let due = unfinished();
  let asking = false;
  let last = Date.now();
  let tick = last;

  const local = root => root.querySelectorAll('time[datetime]').forEach(time => {
    const at = new Date(time.dateTime);
    if (!isNaN(at)) time.title = at.toLocaleString() + ' your time, ' + at.toISOString().slice(0, 19).replace('T', ' ') + ' UTC';
  });
  const say = (state, words) => {
    if (live.dataset.state !== state) {
      live.dataset.state = state;
      live.textContent = words;
    }
  };

  // The smallest change that makes `old` like `fresh`: what somebody has opened, focused or typed stays.
  const morph = (old, fresh) => {
    if (old.isEqualNode(fresh)) return;
    if (old.nodeName !== fresh.nodeName || (old.id || '') !== (fresh.id || '')) {
      old.replaceWith(fresh.cloneNode(true));
      return;
    }
    if (old.nodeType !== Node.ELEMENT_NODE) {
      old.nodeValue = fresh.nodeValue;
      return;
    }
    if (old.matches('input, select, textarea')) return;
    for (const name of old.getAttributeNames()) {
      if (!fresh.hasAttribute(name) && name !== 'open') old.removeAttribute(name);
    }
    for (const name of fresh.getAttributeNames()) {
      if (old.getAttribute(name) !== fresh.getAttribute(name) && name !== 'open') old.setAttribute(name, fresh.getAttribute(name));
    }
    const before = [...old.childNodes];
    const after = [...fresh.childNodes];
    after.forEach((child, i) => i < before.length ? morph(before[i], child) : old.append(child.cloneNode(true)));
    before.slice(after.length).forEach(child => child.remove());
  };

  const refresh = async () => {
    asking = true;
    due = false;
    last = Date.now();
    try {
      const answer = await fetch(location.href.split('#')[0], {headers: {Accept: 'text/html'}, credentials: 'same-origin', signal: AbortSignal.timeout(PATIENCE)});
      if (answer.redirected) {
        // The session is over, or nobody can tell for now and it may yet go on.
        if (new URL(answer.url).searchParams.get('failed') === 'doubt') throw new Error('doubt');
        location.assign(answer.url);
        return;
      }
      if (!answer.ok) throw new Error(String(answer.status));
      const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html');
      local(fresh);
      for (const id of ['summary', 'main']) {
        const part = fresh.getElementById(id);
        if (part) morph(document.getElementById(id), part);
      }
      if (fresh.title !== document.title) document.title = fresh.title;
      due = due || unfinished();
    } catch (failure) {
      due = true;
    } finally {
      asking = false;
    }
  };

  const concerns = (kind, data) => {
    if (concern === 'all') return kind !== 'canary' || document.getElementById('p-' + data.path) !== null;
    if (concern.startsWith('path ')) return (kind === 'canary' ? data.path : data.name) === concern.slice(5);
    if (concern.startsWith('canary ')) return kind === 'canary' && data.id === concern.slice(7);
    if (concern.startsWith('incident ')) return kind === 'incident' ? data.id === concern.slice(9) : kind === 'canary' && document.getElementById('lane-' + data.path) !== null;
    return kind === 'incident';
  };

  local(document);
  // Where a chart is wider than the window, the newest is what one came for.
  document.querySelectorAll('.scroll').forEach(box => { if (box.querySelector('.chart, .axis')) box.scrollLeft = box.scrollWidth; });
  setInterval(() => {
    const now = new Date().toISOString();
    clock.dateTime = now;
    clock.textContent = now.slice(11, 19);
    // After a sleep the connection may be dead without anybody having said so.
    const slept = Date.now() - tick > ASLEEP;
    tick = Date.now();
    if (concern && slept) wake();
    const waited = Date.now() - last;
    if (concern && !asking && !document.hidden && (due && waited >= PAUSE || waited >= AT_LEAST)) refresh();
  }, 500);
  let events = null;
  let again = 0;
  const deafen = () => {
    clearTimeout(again);
    if (events) events.close();
    events = null;
  };
  const listen = () => {
    deafen();
    // A browser keeps six connections to a host: tabs that nobody looks at leave them to the others.
    if (document.hidden) return;
    const ours = events = new EventSource('/api/v1/events');
    ours.onopen = () => {
      if (live.dataset.state === 'lost') due = true;
      say('live', 'live');
    };
    ours.onerror = () => {
      say('lost', 'not live, reconnecting');
      if (ours !== events || ours.readyState !== EventSource.CLOSED) return;
      // The browser gives up where it was refused: the session may be over, which the page itself is told.
      due = true;
      again = setTimeout(listen, AT_LEAST);
    };
    for (const kind of ['canary', 'path', 'incident']) {
      ours.addEventListener(kind, event => {
        if (!due && concerns(kind, JSON.parse(event.data))) due = true;
      });
    }
  };
  const wake = () => {
    due = true;
    listen();
  };
  if (concern) {
    listen();
    addEventListener('pagehide', deafen);
    addEventListener('pageshow', event => { if (event.persisted) wake(); });
    document.addEventListener('visibilitychange', () => document.hidden ? deafen() : wake());
  }
})();
