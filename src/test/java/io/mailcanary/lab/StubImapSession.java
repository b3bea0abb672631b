package io.mailcanary.lab;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// One IMAP connection to a mailbox in memory: RFC 3501's commands that a watcher of mail needs,
/// IDLE and UIDPLUS.
final class StubImapSession {
  private static final String CAPABILITIES =
      "IMAP4rev1 LITERAL+ SASL-IR AUTH=PLAIN IDLE UIDPLUS UNSELECT SPECIAL-USE";
  private static final int LARGEST_LITERAL = 64 * 1024 * 1024;
  private static final Pattern LITERAL =
      Pattern.compile(".*\\{([0-9]{1,9})(\\+?)}", Pattern.DOTALL);
  private static final Pattern SECTION =
      Pattern.compile(
          "BODY(\\.PEEK)?\\[([A-Z.]*)(?: \\(([^)]*)\\))?](?:<([0-9]+)\\.([0-9]+)>)?",
          Pattern.CASE_INSENSITIVE);
  private static final DateTimeFormatter INTERNAL_DATE =
      DateTimeFormatter.ofPattern("dd-MMM-yyyy HH:mm:ss Z", Locale.ROOT).withZone(ZoneOffset.UTC);
  private static final DateTimeFormatter SEARCH_DATE =
      DateTimeFormatter.ofPattern("d-MMM-yyyy", Locale.ROOT);

  private final StubMailServer server;
  private final WireInput in;
  private final OutputStream out;
  // Guards the output and the view, which a delivery writes to while the client idles.
  private final ReentrantLock lock = new ReentrantLock();
  private List<StubMessage> view = new ArrayList<>();
  private long seenVersion;
  private String user = "";
  private @Nullable StubFolder folder;
  private boolean readOnly;
  private boolean over;

  StubImapSession(StubMailServer server, Socket socket) throws IOException {
    this.server = server;
    this.in = new WireInput(socket.getInputStream());
    this.out = new BufferedOutputStream(socket.getOutputStream(), 8 * 1024);
  }

  void run() throws IOException {
    send("* OK [CAPABILITY " + CAPABILITIES + "] stub ready");
    while (!over) {
      if (!in.hasMore()) {
        flush();
      }
      obey(command());
    }
    flush();
  }

  private String command() throws IOException {
    StringBuilder command = new StringBuilder(in.text());
    while (true) {
      Matcher literal = LITERAL.matcher(command);
      if (!literal.matches()) {
        return command.toString();
      }
      int length = Integer.parseInt(literal.group(1));
      if (length > LARGEST_LITERAL) {
        throw new IOException("literal too large");
      }
      if (literal.group(2).isEmpty()) {
        send("+ go on");
        flush();
      }
      command.append("\r\n").append(new String(in.bytes(length), StandardCharsets.ISO_8859_1));
      String rest = in.text();
      command.append(rest);
      if (!LITERAL.matcher(rest).matches()) {
        return command.toString();
      }
    }
  }

  private void obey(String command) throws IOException {
    ImapTokens words = new ImapTokens(command);
    String tag = "*";
    try {
      tag = words.string();
      String name = words.word();
      if (name.equals("UID")) {
        name = "UID " + words.word();
      }
      String ok = execute(name, tag, words);
      server.count(user, name);
      if (name.startsWith("UID ") || Set.of("NOOP", "CHECK", "EXPUNGE", "IDLE").contains(name)) {
        lock.lock();
        try {
          tellChanges();
        } finally {
          lock.unlock();
        }
      }
      send(tag + " OK " + ok);
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      send(tag + " BAD " + e.getMessage());
    } catch (IllegalStateException e) {
      send(tag + " NO " + e.getMessage());
    }
  }

  private String execute(String name, String tag, ImapTokens words) throws IOException {
    return switch (name) {
      case "CAPABILITY" -> {
        send("* CAPABILITY " + CAPABILITIES);
        yield "done";
      }
      case "LOGIN" -> logIn(words.string());
      case "AUTHENTICATE" -> authenticate(words);
      case "LOGOUT" -> {
        over = true;
        send("* BYE see you");
        yield "done";
      }
      case "NOOP", "CHECK" -> "done";
      default -> {
        if (user.isEmpty()) {
          throw new IllegalStateException("log in first");
        }
        yield executeAsUser(name, tag, words);
      }
    };
  }

  private String executeAsUser(String name, String tag, ImapTokens words) throws IOException {
    return switch (name) {
      case "LIST", "LSUB" -> list(name, words);
      case "STATUS" -> status(words);
      case "SELECT" -> select(words.string(), false);
      case "EXAMINE" -> select(words.string(), true);
      case "CREATE" -> {
        server.folder(user, folderName(words.string()));
        yield "created";
      }
      case "SUBSCRIBE", "UNSUBSCRIBE" -> "done";
      case "NAMESPACE" -> {
        send("* NAMESPACE ((\"\" \"/\")) NIL NIL");
        yield "done";
      }
      case "APPEND" -> append(words);
      default -> executeSelected(name, tag, words);
    };
  }

  private String executeSelected(String name, String tag, ImapTokens words) throws IOException {
    selected();
    return switch (name) {
      case "IDLE" -> idle();
      case "FETCH" -> fetch(words, false);
      case "UID FETCH" -> fetch(words, true);
      case "STORE" -> store(words, false);
      case "UID STORE" -> store(words, true);
      case "SEARCH" -> search(words, false);
      case "UID SEARCH" -> search(words, true);
      case "EXPUNGE" -> {
        expunge(StubMessage::deleted);
        yield "done";
      }
      case "UID EXPUNGE" -> {
        ImapSet uids = new ImapSet(words.string(), highestUid());
        expunge(message -> message.deleted() && uids.has(message.uid()));
        yield "done";
      }
      case "CLOSE" -> {
        expunge(StubMessage::deleted);
        folder = null;
        yield "done";
      }
      case "UNSELECT" -> {
        folder = null;
        yield "done";
      }
      default -> throw new IllegalArgumentException("unknown command after " + tag);
    };
  }

  private String logIn(String name) {
    user = StubMailServer.user(name);
    return "[CAPABILITY " + CAPABILITIES + "] welcome";
  }

  private String authenticate(ImapTokens words) throws IOException {
    if (!words.word().equals("PLAIN")) {
      throw new IllegalStateException("PLAIN only");
    }
    String response;
    if (words.more()) {
      response = words.string();
    } else {
      send("+ ");
      flush();
      response = in.text();
    }
    byte[] plain = Base64.getDecoder().decode(response);
    return logIn(new String(plain, StandardCharsets.UTF_8).split("\0", -1)[1]);
  }

  private StubFolder selected() {
    if (folder == null) {
      throw new IllegalStateException("no folder is selected");
    }
    return folder;
  }

  private static String folderName(String name) {
    return name.equalsIgnoreCase("INBOX") ? "INBOX" : name;
  }

  private StubFolder existing(String name) {
    StubFolder found = server.folders(user).get(folderName(name));
    if (found == null) {
      throw new IllegalStateException("[NONEXISTENT] no such folder");
    }
    return found;
  }

  private String list(String name, ImapTokens words) throws IOException {
    boolean specialOnly = words.list() && words.words().contains("SPECIAL-USE");
    words.string();
    String pattern = words.words().getFirst();
    if (pattern.isEmpty()) {
      send("* " + name + " (\\Noselect) \"/\" \"\"");
      return "done";
    }
    String expression = Pattern.quote(pattern).replace("*", "\\E.*\\Q").replace("%", "\\E[^/]*\\Q");
    for (String found : server.folders(user).keySet()) {
      boolean junk = found.equals("Junk");
      if (Pattern.matches("(?i)" + expression, found) && (junk || !specialOnly)) {
        send("* %s (\\HasNoChildren%s) \"/\" \"%s\"".formatted(name, junk ? " \\Junk" : "", found));
      }
    }
    return "done";
  }

  private String status(ImapTokens words) throws IOException {
    StubFolder found = existing(words.string());
    List<String> items = new ArrayList<>();
    for (String item : words.words()) {
      long value =
          switch (item.toUpperCase(Locale.ROOT)) {
            case "MESSAGES" -> found.size();
            case "UIDNEXT" -> found.nextUid();
            case "UIDVALIDITY" -> found.uidValidity();
            case "UNSEEN" ->
                found.messages().stream().filter(any -> !any.flags().contains("\\Seen")).count();
            case "RECENT" -> 0;
            default -> throw new IllegalArgumentException("unknown item " + item);
          };
      items.add(item.toUpperCase(Locale.ROOT) + " " + value);
    }
    send("* STATUS \"%s\" (%s)".formatted(found.name(), String.join(" ", items)));
    return "done";
  }

  private String select(String name, boolean examine) throws IOException {
    StubFolder found = existing(name);
    folder = found;
    readOnly = examine;
    seenVersion = found.version();
    view = found.messages();
    send("* FLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft)");
    send("* OK [PERMANENTFLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft \\*)] kept");
    send("* " + view.size() + " EXISTS");
    send("* 0 RECENT");
    send("* OK [UIDVALIDITY " + found.uidValidity() + "] valid");
    send("* OK [UIDNEXT " + (highestUid() + 1) + "] next");
    return examine ? "[READ-ONLY] done" : "[READ-WRITE] done";
  }

  private String append(ImapTokens words) {
    StubFolder target = existing(words.string());
    List<String> flags = words.list() ? words.words() : List.of();
    String content = words.string();
    if (words.more()) {
      content = words.string();
    }
    StubMailServer.Delivery delivery =
        server.deliver(user, target.name(), content.getBytes(StandardCharsets.ISO_8859_1));
    target.messages().stream()
        .filter(message -> message.uid() == delivery.uid())
        .forEach(message -> message.flags().addAll(flags));
    return "[APPENDUID %d %d] done".formatted(target.uidValidity(), delivery.uid());
  }

  private String idle() throws IOException {
    StubFolder watched = selected();
    send("+ idling");
    Runnable push = this::push;
    watched.idle(push);
    try {
      push();
      String done = in.text();
      if (!done.equalsIgnoreCase("DONE")) {
        throw new IllegalArgumentException("expected DONE");
      }
    } finally {
      watched.wake(push);
    }
    return "done";
  }

  private void push() {
    lock.lock();
    try {
      tellChanges();
      out.flush();
    } catch (IOException _) {
      // its own thread notices
    } finally {
      lock.unlock();
    }
  }

  private void tellChanges() throws IOException {
    StubFolder current = folder;
    if (current == null || current.version() == seenVersion) {
      return;
    }
    seenVersion = current.version();
    List<StubMessage> now = current.messages();
    Set<StubMessage> kept = new HashSet<>(now);
    int remaining = view.size();
    for (int index = view.size() - 1; index >= 0; index--) {
      if (!kept.contains(view.get(index))) {
        send("* " + (index + 1) + " EXPUNGE");
        remaining--;
      }
    }
    view = now;
    if (now.size() > remaining) {
      send("* " + now.size() + " EXISTS");
    }
  }

  private void expunge(Predicate<StubMessage> which) {
    if (!readOnly) {
      selected().remove(which);
    }
  }

  private long highestUid() {
    return view.isEmpty() ? 0 : view.getLast().uid();
  }

  /// Does something to each message of a set, with its place in the view.
  private void each(String set, boolean byUid, MessageAction action) throws IOException {
    ImapSet numbers = new ImapSet(set, byUid ? highestUid() : view.size());
    int index = byUid ? firstFrom(numbers.lowest()) : (int) Math.max(0, numbers.lowest() - 1);
    for (; index < view.size(); index++) {
      StubMessage message = view.get(index);
      long number = byUid ? message.uid() : index + 1;
      if (number > numbers.highest()) {
        return;
      }
      if (numbers.has(number)) {
        action.perform(index + 1, message);
      }
    }
  }

  private interface MessageAction {
    void perform(int sequence, StubMessage message) throws IOException;
  }

  private int firstFrom(long uid) {
    int low = 0;
    int high = view.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (view.get(middle).uid() < uid) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  private String fetch(ImapTokens words, boolean byUid) throws IOException {
    String set = words.string();
    List<String> items = new ArrayList<>(words.words());
    if (byUid && items.stream().noneMatch("UID"::equalsIgnoreCase)) {
      items.addFirst("UID");
    }
    each(set, byUid, (sequence, message) -> fetch(sequence, message, items));
    return "done";
  }

  private void fetch(int sequence, StubMessage message, List<String> items) throws IOException {
    write("* " + sequence + " FETCH (");
    String gap = "";
    for (String item : items) {
      write(gap);
      fetch(message, item);
      gap = " ";
    }
    send(")");
  }

  private void fetch(StubMessage message, String item) throws IOException {
    switch (item.toUpperCase(Locale.ROOT)) {
      case "UID" -> write("UID " + message.uid());
      case "FLAGS" -> write("FLAGS (" + String.join(" ", message.flags()) + ")");
      case "INTERNALDATE" ->
          write("INTERNALDATE \"" + INTERNAL_DATE.format(message.arrivedAt()) + "\"");
      case "RFC822.SIZE" -> write("RFC822.SIZE " + message.content().length);
      case "RFC822.HEADER" ->
          literal("RFC822.HEADER", message.content(), 0, message.headerLength());
      default -> section(message, item);
    }
  }

  private void section(StubMessage message, String item) throws IOException {
    Matcher section = SECTION.matcher(item);
    if (!section.matches()) {
      throw new IllegalArgumentException("unknown item " + item);
    }
    if (section.group(1) == null && !readOnly) {
      message.flags().add("\\Seen");
    }
    String part = section.group(2).toUpperCase(Locale.ROOT);
    byte[] content = content(message, part, section.group(3));
    String fields = section.group(3) == null ? "" : " (" + section.group(3) + ")";
    String label = "BODY[" + part + fields + "]";
    if (section.group(4) == null) {
      literal(label, content, 0, content.length);
      return;
    }
    int offset = Math.min(content.length, Integer.parseInt(section.group(4)));
    int length = Math.min(content.length - offset, Integer.parseInt(section.group(5)));
    literal(label + "<" + section.group(4) + ">", content, offset, length);
  }

  private static byte[] content(StubMessage message, String part, @Nullable String fields) {
    return switch (part) {
      case "" -> message.content();
      case "HEADER" -> bytes(message.header());
      case "TEXT" -> {
        String all = new String(message.content(), StandardCharsets.ISO_8859_1);
        yield bytes(all.substring(message.headerLength()));
      }
      case "HEADER.FIELDS" -> bytes(fields(message.header(), fields == null ? "" : fields));
      default -> throw new IllegalArgumentException("unknown section " + part);
    };
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  private static String fields(String header, String wanted) {
    Set<String> names = Set.of(wanted.toLowerCase(Locale.ROOT).replace("\"", "").split(" +"));
    StringBuilder chosen = new StringBuilder();
    boolean choose = false;
    for (String line : header.split("(?<=\r\n)", -1)) {
      boolean continued = line.startsWith(" ") || line.startsWith("\t");
      if (!continued) {
        int colon = Math.max(0, line.indexOf(':'));
        choose = names.contains(line.substring(0, colon).strip().toLowerCase(Locale.ROOT));
      }
      if (choose) {
        chosen.append(line);
      }
    }
    return chosen.append("\r\n").toString();
  }

  private String store(ImapTokens words, boolean byUid) throws IOException {
    if (readOnly) {
      throw new IllegalStateException("read-only");
    }
    String set = words.string();
    String action = words.word();
    Set<String> flags = new HashSet<>(words.words());
    each(
        set,
        byUid,
        (sequence, message) -> {
          change(message.flags(), action, flags);
          if (!action.endsWith(".SILENT")) {
            fetch(sequence, message, byUid ? List.of("UID", "FLAGS") : List.of("FLAGS"));
          }
        });
    return "done";
  }

  private static void change(Set<String> present, String action, Set<String> flags) {
    switch (action.charAt(0)) {
      case '+' -> present.addAll(flags);
      case '-' -> present.removeAll(flags);
      default -> {
        present.retainAll(flags);
        present.addAll(flags);
      }
    }
  }

  private String search(ImapTokens words, boolean byUid) throws IOException {
    Predicate<StubMessage> wanted = all(words);
    StringBuilder found = new StringBuilder("* SEARCH");
    for (int index = 0; index < view.size(); index++) {
      StubMessage message = view.get(index);
      if (wanted.test(message)) {
        found.append(' ').append(byUid ? message.uid() : index + 1);
      }
    }
    send(found.toString());
    return "done";
  }

  private Predicate<StubMessage> all(ImapTokens words) {
    Predicate<StubMessage> wanted = _ -> true;
    while (words.more()) {
      wanted = wanted.and(key(words));
    }
    return wanted;
  }

  private Predicate<StubMessage> key(ImapTokens words) {
    if (words.list()) {
      words.open();
      Predicate<StubMessage> inner = all(words);
      words.close();
      return inner;
    }
    String key = words.word();
    return switch (key) {
      case "ALL" -> _ -> true;
      case "CHARSET" -> {
        words.string();
        yield _ -> true;
      }
      case "NOT" -> key(words).negate();
      case "OR" -> key(words).or(key(words));
      case "DELETED", "SEEN", "FLAGGED", "ANSWERED" -> flag(key);
      case "UNDELETED", "UNSEEN", "UNFLAGGED", "UNANSWERED" -> flag(key.substring(2)).negate();
      case "SINCE" -> since(LocalDate.parse(words.string(), SEARCH_DATE));
      case "HEADER" -> header(words.string(), words.string());
      case "SUBJECT", "FROM", "TO" -> header(key, words.string());
      case "UID" -> {
        ImapSet uids = new ImapSet(words.string(), highestUid());
        yield message -> uids.has(message.uid());
      }
      default -> sequence(key);
    };
  }

  private static Predicate<StubMessage> flag(String name) {
    return message -> message.flags().stream().anyMatch(("\\" + name)::equalsIgnoreCase);
  }

  private static Predicate<StubMessage> since(LocalDate date) {
    return message -> !message.arrivedAt().isBefore(date.atStartOfDay(ZoneOffset.UTC).toInstant());
  }

  private static Predicate<StubMessage> header(String name, String part) {
    String wanted = part.toLowerCase(Locale.ROOT);
    return message -> {
      String field = fields(message.header(), name).strip();
      return !field.isEmpty() && field.toLowerCase(Locale.ROOT).contains(wanted);
    };
  }

  private Predicate<StubMessage> sequence(String set) {
    if (!ImapSet.looksLikeOne(set)) {
      throw new IllegalArgumentException("unknown search key " + set);
    }
    ImapSet numbers = new ImapSet(set, view.size());
    return message -> numbers.has(view.indexOf(message) + 1);
  }

  private void literal(String label, byte[] content, int offset, int length) throws IOException {
    write(label + " {" + length + "}\r\n");
    out.write(content, offset, length);
  }

  private void send(String line) throws IOException {
    write(line + "\r\n");
  }

  private void write(String text) throws IOException {
    lock.lock();
    try {
      out.write(bytes(text));
    } finally {
      lock.unlock();
    }
  }

  private void flush() throws IOException {
    lock.lock();
    try {
      out.flush();
    } finally {
      lock.unlock();
    }
  }
}
