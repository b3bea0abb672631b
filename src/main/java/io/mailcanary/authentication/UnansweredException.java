package io.mailcanary.authentication;

import java.io.Serial;

/// DNS could not be asked, in one line for a person.
final class UnansweredException extends Exception {
  @Serial private static final long serialVersionUID = 1L;

  UnansweredException(String words) {
    super(words);
  }

  String words() {
    return String.valueOf(getMessage());
  }
}
