package io.mailcanary.world;

import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// What a mail server is there for.
///
/// @param host its name, in the greeting, the trace and its certificate
/// @param keeps domains whose mail goes into mailboxes here
/// @param passes domains whose mail goes to one named host, whatever DNS says
/// @param relays whether it takes mail for every other domain, too
/// @param login who may submit; empty: everybody
/// @param tls whether it offers STARTTLS; with a login it insists on it
record Role(
    String host,
    Set<String> keeps,
    Map<String, String> passes,
    boolean relays,
    Optional<Account> login,
    boolean tls) {

  record Account(String name, String password) {
    @Override
    public String toString() {
      return name;
    }
  }

  /// Takes mail from people who log in, for everywhere.
  static Role submission(String host, Account login) {
    return new Role(host, Set.of(), Map.of(), true, Optional.of(login), true);
  }

  /// Takes mail from everybody, for everywhere.
  static Role hub(String host) {
    return new Role(host, Set.of(), Map.of(), true, Optional.empty(), false);
  }

  /// Takes mail from everywhere for some domains and passes it on to the hosts behind it.
  static Role border(String host, Map<String, String> behind) {
    return new Role(host, Set.of(), behind, false, Optional.empty(), true);
  }

  /// Keeps the mail of its domains.
  static Role store(String host, Set<String> domains, boolean tls) {
    return new Role(host, domains, Map.of(), false, Optional.empty(), tls);
  }
}
