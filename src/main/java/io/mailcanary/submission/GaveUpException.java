package io.mailcanary.submission;

import jakarta.mail.MessagingException;
import java.io.Serial;

/// The dialogue has its end on record; this only leads out of it.
final class GaveUpException extends MessagingException {
  @Serial private static final long serialVersionUID = 1L;

  GaveUpException(String words) {
    super(words);
  }
}
