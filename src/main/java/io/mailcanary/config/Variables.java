package io.mailcanary.config;

import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// `${NAME}` and `${NAME:default}`; `$${` stands for `${` itself.
final class Variables {
  private static final Pattern FORM =
      Pattern.compile("\\$\\$\\{|\\$\\{([A-Za-z_][A-Za-z0-9_.-]*)(?::([^}]*))?}|\\$\\{");
  private static final int LONGEST = 64 * 1024;

  private Variables() {}

  sealed interface Result {
    record Done(String text) implements Result {}

    record Fault(String message) implements Result {}
  }

  static Result substitute(String text, Function<String, Optional<String>> environment) {
    Matcher matcher = FORM.matcher(text);
    StringBuilder done = new StringBuilder();
    while (matcher.find()) {
      String name = matcher.group(1);
      if (name == null && matcher.group().equals("${")) {
        return new Result.Fault(
            "has '${' without a name and a closing brace, expected ${NAME}, ${NAME:default}, or $${"
                + " for the characters themselves");
      }
      Optional<String> value =
          name == null
              ? Optional.of("${")
              : environment.apply(name).or(() -> Optional.ofNullable(matcher.group(2)));
      if (value.isEmpty()) {
        return new Result.Fault(
            "needs the environment variable %s, which is not set, expected it or ${%s:default}"
                .formatted(name, name));
      }
      matcher.appendReplacement(done, Matcher.quoteReplacement(value.get()));
      if (done.length() > LONGEST) {
        return new Result.Fault(
            "is too long once variables are put in, expected %d characters at most"
                .formatted(LONGEST));
      }
    }
    return new Result.Done(matcher.appendTail(done).toString());
  }
}
