package io.mailcanary.path;

/// What a mailbox folder is for.
public enum FolderRole {
  INBOX,
  /// Flagged \Junk, or named as junk folders are.
  JUNK,
  OTHER
}
