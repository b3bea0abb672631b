package io.mailcanary.lab;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// When a stub server was handed which message. Some are refused for now at the first attempt, and
/// of some the answer is kept back for a second: whoever dies then leaves something open.
public final class HandOvers {
  private static final Pattern MESSAGE_ID =
      Pattern.compile("^message-id:\\s*<([^>]+)>", Pattern.CASE_INSENSITIVE | Pattern.MULTILINE);

  private final Map<String, List<Instant>> taken = new ConcurrentHashMap<>();
  private final Set<String> refused = ConcurrentHashMap.newKeySet();
  private final AtomicInteger messages = new AtomicInteger();
  private final CountDownLatch end = new CountDownLatch(1);

  /// Records what this server is handed from now on.
  public HandOvers(StubMailServer server) {
    server.onMessage(this::take);
  }

  private boolean take(byte[] content) {
    String text = new String(content, StandardCharsets.ISO_8859_1);
    Matcher matcher = MESSAGE_ID.matcher(text);
    String id = matcher.find() ? matcher.group(1) : text;
    int number = messages.incrementAndGet();
    if (number % 7 == 0 && !refused.contains(id)) {
      refused.add(id);
      return false;
    }
    taken
        .computeIfAbsent(id, _ -> Collections.synchronizedList(new ArrayList<>()))
        .add(Instant.now());
    if (number % 11 == 0) {
      awaitSecond();
    }
    return true;
  }

  private void awaitSecond() {
    try {
      var _ = end.await(1, TimeUnit.SECONDS);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  /// When each message was taken, by its Message-ID.
  public Map<String, List<Instant>> taken() {
    return Map.copyOf(taken);
  }

  /// How many were refused at their first attempt.
  public int refused() {
    return refused.size();
  }

  /// How many were taken since then.
  public long since(Instant then) {
    return taken.values().stream().flatMap(List::stream).filter(at -> at.isAfter(then)).count();
  }
}
