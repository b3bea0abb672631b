package io.mailcanary.mailbox;

import io.mailcanary.mailbox.ArrivalTime.Glance;
import io.mailcanary.mailbox.ImapSession.Fetched;
import io.mailcanary.mailbox.ImapSession.Listed;
import io.mailcanary.mailbox.ImapSession.Opened;
import io.mailcanary.path.FolderRole;
import io.mailcanary.path.Mailbox;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Watches an IMAP mailbox on one connection: a NOOP at each look, IDLE between bursts of looks,
/// and a NOOP for what no push brought where neither has proven for long that the server is there.
final class ImapReader extends Watcher {
  private static final Logger LOG = LoggerFactory.getLogger(ImapReader.class);

  /// More new messages than that at once are a backlog.
  private static final int FEW = ImapSession.HEADS;

  /// Looks without a find before the other folders are asked as well.
  private static final int LOOKS_BEFORE_OTHERS = 4;

  private static final int REMOVED_AT_ONCE = 200;

  /// A backlog that takes longer is read on behind.
  private static final Duration LONGEST_SCAN = Duration.ofMinutes(1);

  /// How long a message that was announced is waited for, and how often it is asked for.
  private static final Duration LONGEST_UNSEEN = Duration.ofSeconds(2);

  private static final Duration UNSEEN_GAP = Duration.ofMillis(50);

  /// Batches of backlog in memory at a time, over all mailboxes.
  private static final Semaphore BATCHES = new Semaphore(8);

  private final Servers servers;
  private final Mailbox.Imap imap;
  private final Instant horizon;
  private final ReentrantLock copying = new ReentrantLock();
  private final LongAdder commands = new LongAdder();
  private final Map<String, FolderView> views = new HashMap<>();
  private volatile @Nullable ImapSession current;
  private volatile @Nullable String mainFolder;
  private FolderView main = new FolderView("INBOX", FolderRole.INBOX);
  private List<FolderView> others = List.of();
  private long lookedAt;
  private boolean looked;
  private int vain;
  private int patience = LOOKS_BEFORE_OTHERS;
  private long provenAt;
  private long othersAt;
  private int scans;
  private int unseen;
  private long unseenUntil;

  /// @param horizon messages that arrived before it are not told
  ImapReader(
      Mailbox.Imap imap,
      MailboxSink sink,
      Servers servers,
      InstantSource clock,
      Instant horizon,
      Timing timing) {
    super(imap, sink, clock, timing);
    this.imap = imap;
    this.servers = servers;
    this.horizon = horizon;
  }

  @Override
  public long commands() {
    return commands.sum();
  }

  @Override
  String where() {
    return Servers.where("IMAP", imap.server());
  }

  @Override
  void wake() {
    ImapSession session = current;
    if (session != null) {
      session.interrupt();
    }
  }

  @Override
  void drop() {
    ImapSession session = current;
    if (session != null) {
      session.close();
    }
  }

  @Override
  boolean insert(ControlMessage control) throws Blindness {
    String folder = mainFolder;
    try (ImapSession second = open()) {
      if (folder == null) {
        return false;
      }
      second.append(folder, control.bytes());
      return true;
    } catch (Blindness e) {
      if (e.why() == Blindness.Cause.REFUSED) {
        LOG.info("Mailbox {} takes no control message: {}", imap.name(), e.words());
        return false;
      }
      throw e;
    }
  }

  @Override
  void watch() throws Blindness, InterruptedException {
    try (ImapSession session = open()) {
      current = session;
      if (isClosed()) {
        return;
      }
      unseen = 0;
      chooseFolders(session);
      catchUp(session);
      while (!isClosed()) {
        turn(session);
      }
    } finally {
      current = null;
    }
  }

  private ImapSession open() throws Blindness {
    try (var _ = Servers.turn(imap.server())) {
      return ImapSession.open(servers, imap.server(), commands, timing.noop());
    }
  }

  private void turn(ImapSession session) throws Blindness, InterruptedException {
    long now = System.nanoTime();
    if (takeLook()) {
      look(session);
    } else if (takeNetBegins()) {
      ask(session, true);
      askOthers(session, false);
    } else if (unseen() > 0) {
      await(UNSEEN_GAP.toNanos());
      ask(session, true);
    } else if (removals.due(now)) {
      remove(session);
    } else if (now - provenAt >= pollGap(session)) {
      poll(session);
    } else {
      rest(session, pollGap(session) - (now - provenAt));
    }
  }

  private long pollGap(ImapSession session) {
    return (session.canIdle() && keepsNet() ? timing.silence() : imap.poll()).toNanos();
  }

  private long othersGap(ImapSession session) {
    return (session.canIdle() ? timing.others() : imap.poll()).toNanos();
  }

  /// Waits for what comes next: awake as long as looks come, then by IDLE.
  private void rest(ImapSession session, long untilPoll) throws Blindness, InterruptedException {
    long calm = looked ? lookedAt + timing.calm().toNanos() - System.nanoTime() : 0;
    long longest = Math.min(untilPoll, removals.dueIn(System.nanoTime()));
    if (calm > 0) {
      await(Math.min(longest, calm));
      return;
    }
    looked = false;
    if (!session.canIdle() || !keepsNet()) {
      await(longest);
      return;
    }
    Instant pushed = session.idle(Duration.ofNanos(longest), this::workWaits, clock);
    if (pushed != null) {
      // The look that was meant for it is still to come.
      looked = true;
      lookedAt = System.nanoTime();
      collectGrowth(session, session.takeGrowth(), pushed, true);
      alongside(session, lookedAt);
    }
  }

  private void look(ImapSession session) throws Blindness, InterruptedException {
    looked = true;
    boolean found = ask(session, true);
    lookedAt = System.nanoTime();
    vain = found ? 0 : vain + 1;
    if (found) {
      alongside(session, lookedAt);
    } else if (mayBeElsewhere()) {
      askOthers(session, true);
    }
  }

  /// After the 4th, 8th, 16th … look in vain, and as long as they go on, now and then. Where the
  /// other folders had news the last time, at once.
  private boolean mayBeElsewhere() {
    return vain >= patience
        && (patience == 1
            || Integer.bitCount(vain) == 1
            || lookedAt - othersAt >= timing.restless().toNanos());
  }

  /// What would be due soon: done while the connection is awake it costs no end of an IDLE.
  private void alongside(ImapSession session, long now) throws Blindness, InterruptedException {
    if (now - othersAt >= othersGap(session) / 4 * 3) {
      askOthers(session, false);
    }
    if (removals.nearlyDue(now)) {
      remove(session);
    }
  }

  private void poll(ImapSession session) throws Blindness, InterruptedException {
    if (!keepsNet()) {
      // That it can be seen is enough; what came is told by the next look.
      session.look();
      provenAt = System.nanoTime();
      return;
    }
    ask(session, false);
    if (System.nanoTime() - othersAt >= othersGap(session) / 2) {
      askOthers(session, false);
    }
    sight.proven(clock.instant());
  }

  /// Asks for news and tells them.
  private boolean ask(ImapSession session, boolean live) throws Blindness, InterruptedException {
    int came = session.takeGrowth();
    if (came > 0) {
      collectGrowth(session, came, clock.instant(), live);
      return true;
    }
    Instant asked = clock.instant();
    session.look();
    provenAt = System.nanoTime();
    came = session.takeGrowth() + unseen();
    collect(session, came, asked, clock.instant(), live);
    sight.proven(asked);
    return came > 0;
  }

  /// What IDLE has told proves as much as an answer to a NOOP.
  private void collectGrowth(ImapSession session, int came, Instant told, boolean live)
      throws Blindness, InterruptedException {
    collect(session, came, told, told, live);
    provenAt = System.nanoTime();
    sight.proven(told);
  }

  private void collect(ImapSession session, int came, Instant asked, Instant seen, boolean live)
      throws Blindness, InterruptedException {
    if (came > 0) {
      gather(session, main, came, new Glance(seen, main.clearAt(), live));
    }
    main.clearAt(asked);
  }

  /// Tells what is new in the open folder: few messages are fetched whole, a backlog is only
  /// searched.
  private void gather(ImapSession session, FolderView view, long came, Glance glance)
      throws Blindness, InterruptedException {
    if (came > FEW) {
      scan(session, view, view.nextUid(), glance);
      return;
    }
    List<Fetched> shown = session.headsFrom(view.nextUid());
    if (view == main) {
      // Whoever asked by now is served by this answer, which also tells what came meanwhile.
      takeLook();
      awaitUnseen((int) came - shown.size());
    }
    tell(view, shown, glance);
    int more = view == main ? session.takeGrowth() : 0;
    if (more > 0) {
      gather(session, view, more, new Glance(clock.instant(), glance.seen(), glance.live()));
    }
  }

  /// Some servers announce a message a moment before they show it.
  private void awaitUnseen(int missing) {
    if (missing > 0 && unseen == 0) {
      unseenUntil = System.nanoTime() + LONGEST_UNSEEN.toNanos();
    }
    unseen = Math.max(0, missing);
  }

  /// How many messages were announced and not shown yet; those that somebody removed meanwhile are
  /// not waited for long.
  private int unseen() {
    if (unseen > 0 && System.nanoTime() - unseenUntil > 0) {
      unseen = 0;
    }
    return unseen;
  }

  private void tell(FolderView view, List<Fetched> messages, Glance glance) {
    for (Fetched message : messages) {
      view.told(message.uid());
      if (isRecent(message)) {
        tell(
            view.name(),
            view.role(),
            view.uid(message.uid()),
            ArrivalTime.of(glance, message.arrived()),
            message.bytes(),
            message.text(),
            out -> copy(view.name(), view.uid(message.uid()), out));
      }
    }
  }

  /// By a connection of its own: the one that watches is not to be held up.
  private void copy(String folder, String uid, OutputStream out) throws IOException {
    copying.lock();
    try (ImapSession session = open()) {
      Opened opened = session.open(folder, true);
      int dot = uid.indexOf('.');
      if (!uid.substring(0, dot).equals(Long.toString(opened.validity()))) {
        throw new IOException("folder %s was made anew".formatted(folder));
      }
      session.copy(Long.parseLong(uid.substring(dot + 1)), out);
    } catch (Blindness e) {
      throw new IOException(e.words(), e);
    } finally {
      copying.unlock();
    }
  }

  private boolean isRecent(Fetched message) {
    Instant arrived = message.arrived();
    return arrived == null || !arrived.isBefore(horizon);
  }

  private void catchUp(ImapSession session) throws Blindness, InterruptedException {
    Instant now = clock.instant();
    provenAt = System.nanoTime();
    othersAt = provenAt;
    openAndScan(session, main, false);
    for (FolderView view : others) {
      openAndScan(session, view, true);
    }
    if (!others.isEmpty()) {
      returnToMain(session);
    }
    seen(now);
  }

  private void openAndScan(ImapSession session, FolderView view, boolean readOnly)
      throws Blindness, InterruptedException {
    Instant now = clock.instant();
    Opened opened = session.open(view.name(), readOnly);
    view.opened(opened);
    if (opened.messages() > 0 && view.scanFrom() < opened.nextUid()) {
      scan(session, view, view.scanFrom(), Glance.back(now));
    }
    view.scanned();
    view.clearAt(now);
  }

  /// Goes through a backlog from its newest message down to a UID, a batch at a time, with looks in
  /// between. Places of older messages do not change by what comes, and what goes only moves newer
  /// ones into sight again.
  private void scan(ImapSession session, FolderView view, long from, Glance glance)
      throws Blindness, InterruptedException {
    view.owe(from);
    scans++;
    try {
      long began = System.nanoTime();
      boolean reached = false;
      for (int top = session.messages();
          top > 0 && !reached && !isClosed();
          top -= ImapSession.HEADERS) {
        reached = scanBatch(session, view, from, top, glance);
        if (!reached) {
          between(session, view, began);
        }
      }
      if (scans == 1) {
        view.scanned();
      }
    } finally {
      scans--;
    }
  }

  /// @return whether it came to the end
  private boolean scanBatch(ImapSession session, FolderView view, long from, int top, Glance glance)
      throws Blindness, InterruptedException {
    int bottom = Math.max(1, top - ImapSession.HEADERS + 1);
    List<Long> wanted = new ArrayList<>();
    boolean reached = false;
    for (Fetched message : batch(session, bottom, top)) {
      reached |= message.uid() < from;
      view.told(message.uid());
      if (message.uid() >= from && isRecent(message) && Interest.in(message.text())) {
        wanted.add(message.uid());
      }
    }
    for (int end = wanted.size(); end > 0; end -= ImapSession.HEADS) {
      List<Long> some = wanted.subList(Math.max(0, end - ImapSession.HEADS), end);
      tell(view, session.heads(some), glance);
    }
    return reached;
  }

  private static List<Fetched> batch(ImapSession session, int bottom, int top)
      throws Blindness, InterruptedException {
    // A server that hangs must not stop the other mailboxes: memory is the softer limit.
    boolean admitted = BATCHES.tryAcquire(1, TimeUnit.SECONDS);
    try {
      return session.headers(bottom, top);
    } finally {
      if (admitted) {
        BATCHES.release();
      }
    }
  }

  /// Looks at the main folder between two batches of a backlog.
  private void between(ImapSession session, FolderView view, long began)
      throws Blindness, InterruptedException {
    boolean pollDue = System.nanoTime() - provenAt >= pollGap(session);
    if (scans == 1 && (takeLook() || pollDue)) {
      if (view == main) {
        ask(session, true);
      } else {
        returnToMain(session);
        provenAt = System.nanoTime();
        session.open(view.name(), true);
      }
    }
    if (!sight.sees() && System.nanoTime() - began > LONGEST_SCAN.toNanos()) {
      seen(clock.instant());
    }
  }

  private void askOthers(ImapSession session, boolean live) throws Blindness, InterruptedException {
    boolean moved = false;
    othersAt = System.nanoTime();
    for (FolderView view : others) {
      Instant asked = clock.instant();
      Opened status = status(session, view);
      if (view.isBehind(status)) {
        moved = true;
        visit(session, view, live);
      }
      view.clearAt(asked);
    }
    patience = moved ? 1 : LOOKS_BEFORE_OTHERS;
    if (moved) {
      returnToMain(session);
    }
  }

  private static Opened status(ImapSession session, FolderView view) throws Blindness {
    try {
      return session.status(view.name());
    } catch (Blindness e) {
      throw e.why() == Blindness.Cause.REFUSED
          ? new Blindness(
              Blindness.Cause.FOLDER, "%s (folder %s)".formatted(e.words(), view.name()))
          : e;
    }
  }

  private void visit(ImapSession session, FolderView view, boolean live)
      throws Blindness, InterruptedException {
    Opened opened = session.open(view.name(), true);
    if (view.isOf(opened.validity())) {
      Glance glance = new Glance(clock.instant(), view.clearAt(), live);
      gather(session, view, opened.nextUid() - view.nextUid(), glance);
    } else {
      openAndScan(session, view, true);
    }
  }

  /// Opens the main folder again and tells what came to it meanwhile.
  private void returnToMain(ImapSession session) throws Blindness, InterruptedException {
    Instant asked = clock.instant();
    Opened opened = session.open(main.name(), false);
    long came = opened.nextUid() - main.nextUid();
    if (!main.isOf(opened.validity())) {
      openAndScan(session, main, false);
    } else if (came > 0) {
      gather(session, main, came, new Glance(clock.instant(), main.clearAt(), true));
    }
    main.clearAt(asked);
  }

  private void remove(ImapSession session) throws Blindness, InterruptedException {
    Map<String, List<String>> taken = removals.take(REMOVED_AT_ONCE);
    try {
      remove(session, taken);
    } catch (Blindness e) {
      taken.forEach((folder, uids) ->
          removals.add(
              uids.stream().map(uid -> new MessageKey(folder, uid)).toList(), System.nanoTime()));
      throw e;
    }
  }

  private void remove(ImapSession session, Map<String, List<String>> taken)
      throws Blindness, InterruptedException {
    boolean left = false;
    for (Map.Entry<String, List<String>> entry : taken.entrySet()) {
      FolderView view = views.get(entry.getKey());
      if (view == null) {
        continue;
      }
      if (view != main) {
        left = true;
        session.open(view.name(), false);
      } else if (left) {
        returnToMain(session);
        left = false;
      }
      removeFrom(session, view, entry.getValue());
    }
    if (left) {
      returnToMain(session);
    }
  }

  private void removeFrom(ImapSession session, FolderView view, List<String> names)
      throws Blindness {
    List<Long> uids = new ArrayList<>();
    for (String name : names) {
      uid(view, name).ifPresent(uids::add);
    }
    if (uids.isEmpty()) {
      return;
    }
    try {
      session.remove(uids);
    } catch (Blindness e) {
      if (e.why() != Blindness.Cause.REFUSED) {
        throw e;
      }
      LOG.warn("Mailbox {} keeps {} messages: {}", imap.name(), uids.size(), e.words());
    }
  }

  private static Optional<Long> uid(FolderView view, String name) {
    int dot = name.indexOf('.');
    try {
      return dot > 0 && view.isOf(Long.parseLong(name.substring(0, dot)))
          ? Optional.of(Long.parseLong(name.substring(dot + 1)))
          : Optional.empty();
    } catch (NumberFormatException _) {
      return Optional.empty();
    }
  }

  private void chooseFolders(ImapSession session) throws Blindness {
    List<FolderView> chosen = new ArrayList<>();
    List<Listed> listed = session.folders();
    if (imap.folders().isEmpty()) {
      chosen.add(view("INBOX", FolderRole.INBOX));
      junk(listed).ifPresent(name -> chosen.add(view(name, FolderRole.JUNK)));
    } else {
      imap.folders().forEach(name -> chosen.add(view(name, role(name, listed))));
    }
    main =
        chosen.stream()
            .filter(view -> view.role() == FolderRole.INBOX)
            .findFirst()
            .orElse(chosen.getFirst());
    mainFolder = main.name();
    others = chosen.stream().filter(view -> view != main).toList();
  }

  private FolderView view(String name, FolderRole role) {
    return views.computeIfAbsent(name, _ -> new FolderView(name, role));
  }

  private static Optional<String> junk(List<Listed> listed) {
    return listed.stream()
        .filter(folder -> folder.attributes().contains("\\junk"))
        .findFirst()
        .or(() -> listed.stream().filter(folder -> Interest.isJunkName(folder.name())).findFirst())
        .map(Listed::name);
  }

  private static FolderRole role(String name, List<Listed> listed) {
    if (name.equalsIgnoreCase("INBOX")) {
      return FolderRole.INBOX;
    }
    boolean flagged =
        listed.stream()
            .anyMatch(
                folder -> folder.name().equals(name) && folder.attributes().contains("\\junk"));
    return flagged || Interest.isJunkName(name) ? FolderRole.JUNK : FolderRole.OTHER;
  }
}
