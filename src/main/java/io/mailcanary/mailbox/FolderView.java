package io.mailcanary.mailbox;

import io.mailcanary.path.FolderRole;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// What a reader knows about one IMAP folder, from one connection to the next.
final class FolderView {
  private static final long NONE = -1;

  private final String name;
  private final FolderRole role;
  private long validity = NONE;
  private long nextUid = 1;
  private long scanFrom = 1;

  /// When it held nothing that was not told.
  private @Nullable Instant clearAt;

  FolderView(String name, FolderRole role) {
    this.name = name;
    this.role = role;
  }

  String name() {
    return name;
  }

  FolderRole role() {
    return role;
  }

  /// Takes up what a server says on opening: UIDs under another UIDVALIDITY mean nothing any more
  /// (RFC 3501 §2.3.1.1).
  void opened(ImapSession.Opened folder) {
    if (folder.validity() != validity) {
      validity = folder.validity();
      nextUid = 1;
      scanFrom = 1;
    }
    scanFrom = scanFrom == NONE ? nextUid : scanFrom;
    nextUid = Math.max(nextUid, folder.nextUid());
  }

  /// From which UID on there may be messages that were not told.
  long scanFrom() {
    return scanFrom == NONE ? nextUid : scanFrom;
  }

  /// Notes that messages from a UID on are still to be told.
  void owe(long uid) {
    scanFrom = scanFrom == NONE ? uid : Math.min(scanFrom, uid);
  }

  /// All below the next UID has been told.
  void scanned() {
    scanFrom = NONE;
  }

  long nextUid() {
    return nextUid;
  }

  void told(long uid) {
    nextUid = Math.max(nextUid, uid + 1);
  }

  /// Whether it may hold something new, by what STATUS says.
  boolean isBehind(ImapSession.Opened status) {
    return status.validity() != validity || status.nextUid() > nextUid;
  }

  boolean isOf(long uidValidity) {
    return validity == uidValidity;
  }

  String uid(long uid) {
    return validity + "." + uid;
  }

  @Nullable Instant clearAt() {
    return clearAt;
  }

  void clearAt(@Nullable Instant at) {
    clearAt = at;
  }
}
