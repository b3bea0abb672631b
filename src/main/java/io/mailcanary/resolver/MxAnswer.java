package io.mailcanary.resolver;

import java.time.Duration;
import java.util.List;

/// Who takes mail for a domain, as DNS tells (RFC 5321 §5.1).
public sealed interface MxAnswer {
  /// @param hosts at least one, the most preferred first
  /// @param implicit whether there is no MX record and the domain itself stands for it
  record Found(List<Host> hosts, boolean implicit) implements MxAnswer {
    public Found {
      hosts = List.copyOf(hosts);
    }
  }

  /// Nobody does, for certain: no such name, or a null MX (RFC 7505 §3).
  ///
  /// @param sentence names the domain, what was answered, and who answered it
  record None(String sentence) implements MxAnswer {}

  /// Nobody could say.
  ///
  /// @param sentence names the domain and the failure
  record Unknown(String sentence) implements MxAnswer {}

  /// @param name without a dot at its end
  record Host(String name, int preference) {}

  /// An answer and how long it may be remembered.
  record Kept(MxAnswer answer, Duration keep) {}
}
