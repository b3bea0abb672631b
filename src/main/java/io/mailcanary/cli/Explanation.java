package io.mailcanary.cli;

import io.mailcanary.api.FindingResource;
import io.mailcanary.app.KnownTags;
import io.mailcanary.canary.CanaryTag;
import io.mailcanary.canary.Cause;
import io.mailcanary.canary.TagReader;
import io.mailcanary.mail.Action;
import io.mailcanary.mail.Clue;
import io.mailcanary.mail.MailReport;
import io.mailcanary.mail.Received;
import io.mailcanary.mail.RecipientStatus;
import io.mailcanary.verdict.ClockSkew;
import io.mailcanary.verdict.ReplyClassifier;
import io.mailcanary.verdict.ReplyVerdict;
import io.mailcanary.verdict.Words;
import io.mailcanary.wire.Visible;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import org.jspecify.annotations.Nullable;

/// What can be said of one message, for people and for programs.
///
/// @param canary the canary it is or reports about; null where it has to do with none
record Explanation(MailReport report, @Nullable Canary canary) {
  private static final int SHOWN = 1000;
  private static final int HEAD = 256 * 1024;

  /// A canary as its tag names it.
  ///
  /// @param path the name of its path, where the probe files know one that its tag fits
  /// @param itself whether the message is it, and not a report about it
  record Canary(
      String id, boolean verified, @Nullable String path, Instant madeAt, boolean itself) {}

  /// @param message a char a byte
  static Explanation of(String message, KnownTags tags) {
    MailReport report = MailReport.of(message);
    TagReader.Reading reading =
        TagReader.read(message.substring(0, Math.min(message.length(), HEAD)), message.length());
    Set<String> texts = new LinkedHashSet<>();
    for (Clue clue : report.clues()) {
      Matcher tag = CanaryTag.FORM.matcher(clue.text());
      if (tag.find()) {
        texts.add(tag.group(1).toLowerCase(Locale.ROOT));
      }
    }
    texts.addAll(reading.tags());
    boolean itself = report.kind() == MailReport.Kind.MESSAGE && !reading.report();
    return new Explanation(report, canary(texts, itself, tags).orElse(null));
  }

  /// The first that one of our keys signed, else the first.
  private static Optional<Canary> canary(Set<String> texts, boolean itself, KnownTags tags) {
    Optional<Canary> first = Optional.empty();
    for (String text : texts) {
      KnownTags.Known known = tags.look(text);
      Canary canary =
          new Canary(
              known.id().value(), known.verified(), known.path(), known.id().madeAt(), itself);
      if (canary.verified()) {
        return Optional.of(canary);
      }
      first = first.or(() -> Optional.of(canary));
    }
    return first;
  }

  private String kind() {
    return canary != null && canary.itself() ? "canary" : report.kind().word();
  }

  Map<String, Object> json() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("kind", kind());
    json.put("reason", report.because());
    json.put("recipients", report.dsn().recipients().stream().map(Explanation::json).toList());
    json.put("hops", hops(report.hops().hops()));
    json.put("canary", canary == null ? null : json(canary));
    json.put(
        "findings",
        ClockSkew.within(report.hops().hops()).stream().map(FindingResource::of).toList());
    return json;
  }

  private static Map<String, Object> json(Canary canary) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("id", canary.id());
    json.put("path", canary.path());
    json.put("verified", canary.verified());
    json.put("madeAt", canary.madeAt().toString());
    return json;
  }

  private static Map<String, Object> json(RecipientStatus one) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("address", one.address());
    json.put("action", one.action().word());
    json.put("status", one.status() == null ? null : one.status().toString());
    json.put("replyCode", one.replyCode());
    json.put("cause", verdict(one).map(ReplyVerdict::cause).orElse(Cause.NONE).word());
    json.put("persistence", verdict(one).map(it -> it.persistence().word()).orElse(null));
    json.put("diagnostic", one.diagnostic());
    json.put("remoteMta", one.remoteMta());
    return json;
  }

  /// Nothing was refused where something was delivered.
  private static Optional<ReplyVerdict> verdict(RecipientStatus one) {
    return one.action() == Action.FAILED || one.action() == Action.DELAYED
        ? Optional.of(
            ReplyClassifier.of(ReplyClassifier.Said.of(one), ReplyClassifier.Context.of(one)))
        : Optional.empty();
  }

  /// A delay is the difference to the hop before, by two clocks.
  private static List<Map<String, Object>> hops(List<Received> hops) {
    List<Map<String, Object>> all = new ArrayList<>();
    Instant before = null;
    for (Received hop : hops) {
      Map<String, Object> json = new LinkedHashMap<>();
      json.put("from", hop.from());
      json.put("by", hop.by());
      json.put("with", hop.with());
      json.put("tls", hop.tls());
      Instant at = hop.at();
      json.put("at", at == null ? null : at.toString());
      json.put(
          "delaySeconds",
          at == null || before == null ? null : Duration.between(before, at).toSeconds());
      before = at == null ? before : at;
      all.add(json);
    }
    return all;
  }

  List<String> lines(String file) {
    List<String> lines = new ArrayList<>();
    lines.add(shown(file) + ": " + kind());
    lines.add("  because      " + report.because());
    if (canary != null) {
      lines.add("  canary       " + words(canary));
    }
    report.dsn().recipients().forEach(one -> lines.addAll(lines(one)));
    lines.addAll(timeLine("hops", report.hops().hops()));
    ClockSkew.within(report.hops().hops())
        .forEach(one -> lines.add("  %-12s %s".formatted(one.tag(), shown(one.message()))));
    return lines;
  }

  private static String words(Canary canary) {
    String path =
        canary.path() == null ? "of a path that we do not know" : "of path " + canary.path();
    String verified = canary.verified() ? "signed by our key" : "not verified";
    return "%s %s, made %s, %s".formatted(canary.id(), path, canary.madeAt(), verified);
  }

  private static List<String> lines(RecipientStatus one) {
    List<String> lines = new ArrayList<>();
    String who = one.address().isEmpty() ? "(somebody)" : shown(one.address());
    String code = one.replyCode() == null ? "" : " " + one.replyCode();
    String status = one.status() == null ? "" : " " + one.status();
    lines.add("  recipient    " + who + " " + one.action().word() + code + status);
    if (!one.diagnostic().isEmpty()) {
      String host = one.remoteMta() == null ? "" : shown(one.remoteMta()) + ": ";
      lines.add("    said       " + host + shown(one.diagnostic()));
    }
    verdict(one)
        .ifPresent(verdict -> {
          lines.add(
              "    cause      "
                  + verdict.cause().word()
                  + ", "
                  + verdict.persistence().word()
                  + ": "
                  + shown(verdict.reason()));
          lines.add("    to do      " + verdict.advice());
        });
    return lines;
  }

  private static List<String> timeLine(String title, List<Received> hops) {
    List<String> lines = new ArrayList<>();
    Instant before = null;
    for (Received hop : hops) {
      Instant at = hop.at();
      String delay = at == null || before == null ? "" : after(Duration.between(before, at));
      lines.add(
          "  %-12s %-20s %10s  %s"
              .formatted(
                  lines.isEmpty() ? title : "",
                  at == null ? "(no time)" : at.toString(),
                  delay,
                  words(hop))
              .stripTrailing());
      before = at == null ? before : at;
    }
    return lines;
  }

  private static String after(Duration delay) {
    return (delay.isNegative() ? "-" : "+") + Words.of(delay.abs());
  }

  private static String words(Received hop) {
    StringBuilder words = new StringBuilder();
    word(words, "by", hop.by());
    word(words, "from", hop.from());
    word(words, "with", hop.with());
    word(words, "", hop.tls());
    return words.toString();
  }

  private static void word(StringBuilder words, String name, @Nullable String value) {
    if (value != null) {
      words.append(words.isEmpty() ? "" : " ");
      words.append(name.isEmpty() ? "" : name + " ");
      words.append(shown(value));
    }
  }

  /// Fit for a terminal: no control characters, bounded.
  private static String shown(String text) {
    return Visible.text(text, SHOWN);
  }
}
