package io.mailcanary.store;

import io.mailcanary.mail.AuthenticationCheck;
import io.mailcanary.mail.AuthenticationMethod;
import io.mailcanary.mail.AuthenticationResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// What a canary's authentication came to as a column: a line a check, a tab between its parts,
/// neither of which can be part of one.
final class Authentications {
  private static final int PARTS = 5;

  private Authentications() {}

  /// @return null where nobody has looked
  static @Nullable String text(List<AuthenticationCheck> checks) {
    return checks.isEmpty()
        ? null
        : checks.stream()
            .map(check ->
                String.join(
                    "\t",
                    check.method().word(),
                    check.result().word(),
                    check.by(),
                    check.domain(),
                    check.reason()))
            .collect(Collectors.joining("\n"));
  }

  static List<AuthenticationCheck> read(@Nullable String column) {
    List<AuthenticationCheck> checks = new ArrayList<>();
    for (String line : column == null ? new String[0] : column.split("\n", -1)) {
      String[] parts = line.split("\t", PARTS);
      if (parts.length == PARTS) {
        Optional<AuthenticationMethod> method = AuthenticationMethod.of(parts[0]);
        Optional<AuthenticationResult> result = AuthenticationResult.of(parts[1]);
        if (method.isPresent() && result.isPresent()) {
          checks.add(
              new AuthenticationCheck(method.get(), result.get(), parts[2], parts[3], parts[4]));
        }
      }
    }
    return checks;
  }
}
