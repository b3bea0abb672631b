package io.mailcanary.mailbox;

/// Names one message within one mailbox for good.
public record MessageKey(String folder, String uid) {}
