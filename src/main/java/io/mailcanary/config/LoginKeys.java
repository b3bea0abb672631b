package io.mailcanary.config;

import io.mailcanary.path.Login;
import io.mailcanary.path.Login.Mechanism;
import io.mailcanary.path.Secret;
import java.util.Optional;

/// The keys by which we log in somewhere.
final class LoginKeys {
  private final Key.Maybe<String> username;
  private final Key.OfSecret password;
  private final Key.OfSecret token;
  private final Key.Maybe<Mechanism> mechanism;

  LoginKeys(Table<?> table) {
    username =
        table.optional(
            "username",
            Kinds.line("a user name of one line", 320),
            "Who we log in as; it needs a password or a token.");
    password = table.secret("password", "The password of this user.");
    token = table.secret("token", "The access token of this user, for XOAUTH2.");
    mechanism =
        table.derived(
            "mechanism",
            new Upper(),
            "XOAUTH2 with a token, else the best that is offered",
            "How we log in.");
  }

  boolean isGiven(Row row) {
    return row.has(username);
  }

  /// @param needed whether there is no way in without a login
  void check(Row row, boolean needed) {
    boolean secret = row.has(password) || row.has(token);
    if (needed && !row.has(username)) {
      row.fault(username, "is missing, expected " + username.kind().words());
    } else if (secret && !row.has(username)) {
      row.fault(
          row.has(password) ? given(row, password) : given(row, token),
          "stands without a user, expected username beside it");
    }
    if ((needed || row.has(username)) && !secret) {
      row.fault(password.inFile(), "is missing, expected it, password, token-file or token");
    }
    if (row.has(password) && row.has(token)) {
      row.fault(given(row, token), "stands beside a password, expected one of the two");
    }
    row.find(mechanism).ifPresent(chosen -> check(row, chosen));
  }

  private void check(Row row, Mechanism chosen) {
    if (!row.has(username)) {
      row.fault(mechanism, "stands without a login, expected username beside it");
    }
    if (chosen == Mechanism.XOAUTH2 && row.has(password)) {
      row.fault(mechanism, "'XOAUTH2' takes no password, expected token-file or token");
    }
    if (chosen != Mechanism.XOAUTH2 && row.has(token)) {
      row.fault(mechanism, "'%s' takes no token, expected XOAUTH2".formatted(chosen));
    }
  }

  Optional<Login> build(Row row) {
    Optional<Secret> secret = row.find(password).or(() -> row.find(token));
    Optional<Mechanism> chosen =
        row.has(token) ? Optional.of(Mechanism.XOAUTH2) : row.find(mechanism);
    return row.find(username).flatMap(user -> secret.map(value -> new Login(user, value, chosen)));
  }

  private static Key<Secret> given(Row row, Key.OfSecret key) {
    return row.has(key.inline()) ? key.inline() : key.inFile();
  }

  /// Mechanisms are written as the protocols write them (RFC 4422 §3.1).
  private static final class Upper implements Kind<Mechanism> {
    private final Kind<String> text =
        Kinds.matching(
            words(), java.util.regex.Pattern.compile("PLAIN|LOGIN|XOAUTH2"), "not known here");

    @Override
    public String words() {
      return "one of PLAIN, LOGIN, XOAUTH2";
    }

    @Override
    public Optional<Mechanism> read(Value value) {
      return text.read(value).map(Mechanism::valueOf);
    }

    @Override
    public void describe(com.fasterxml.jackson.databind.node.ObjectNode schema) {
      text.describe(schema);
    }

    @Override
    public Optional<Object> shown(Mechanism value) {
      return Optional.of(value.name());
    }
  }
}
