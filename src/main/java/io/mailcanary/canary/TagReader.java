package io.mailcanary.canary;

import io.mailcanary.mail.HeaderBlock;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;

/// Looks for tags in a message that arrived. Total over any text.
public final class TagReader {
  private static final int MOST_TAGS = 8;

  private TagReader() {}

  /// What a look at a message shows.
  ///
  /// @param tags texts in the form of a tag at the places where a canary carries it, the surest
  ///   first
  /// @param content what the message holds
  /// @param own whether its own header bears one: it is a canary, or says so
  /// @param report whether it speaks about a canary instead of being one: a bounce or a reply that
  ///   quotes it
  public record Reading(List<String> tags, Content content, boolean own, boolean report) {
    public Reading {
      tags = List.copyOf(tags);
    }
  }

  /// @param head the beginning of the raw message, a char a byte
  /// @param bytes the size of the whole message
  public static Reading read(String head, long bytes) {
    HeaderBlock header = HeaderBlock.of(head);
    String body = header.bodyOf(head);
    List<String> tags = new ArrayList<>();
    header.first(CanaryMessage.TAG_FIELD).ifPresent(value -> collect(value, tags));
    header.first("Message-ID").ifPresent(value -> collect(value, tags));
    boolean quoted = tags.isEmpty();
    collect(body.substring(0, Math.min(body.length(), Content.DIGESTED)), tags);
    return new Reading(tags, Content.of(body, bytes), !quoted, quoted && speaksAbout(header));
  }

  /// Where the marks of our own header are gone, the tag in the text may be a quotation.
  private static boolean speaksAbout(HeaderBlock header) {
    Optional<String> type = header.first("Content-Type");
    if (type.isPresent()
        && type.orElseThrow().toLowerCase(Locale.ROOT).startsWith("multipart/report")) {
      return true;
    }
    return header.first("In-Reply-To").isPresent()
        || header.first("References").isPresent()
        || header.first("X-Failed-Recipients").isPresent()
        || header.first("Return-Path").map(String::strip).filter("<>"::equals).isPresent();
  }

  private static void collect(String text, List<String> tags) {
    Matcher matcher = CanaryTag.FORM.matcher(text);
    while (tags.size() < MOST_TAGS && matcher.find()) {
      String tag = matcher.group(1).toLowerCase(Locale.ROOT);
      if (!tags.contains(tag)) {
        tags.add(tag);
      }
    }
  }
}
