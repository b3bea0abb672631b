package io.mailcanary.api;

import java.util.List;

/// Those who vouch for people: OpenID providers.
public interface Providers {
  /// @param name as configured
  /// @param link leads to its login and back to us
  record Provider(String name, String link) {}

  List<Provider> all();
}
