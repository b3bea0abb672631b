package io.mailcanary.submission;

import io.mailcanary.mail.DomainName;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

/// Knows where mail for a domain goes. A port: DNS stands behind it.
public interface RoutePlan {
  /// Who takes mail for a domain.
  Exchangers exchangers(DomainName domain);

  /// A host's addresses, at least one.
  ///
  /// @throws UnknownHostException with a sentence that says who was asked and what the answer was
  List<InetAddress> addresses(String host) throws UnknownHostException;

  /// What is known of a domain's mail hosts.
  sealed interface Exchangers {
    /// @param hosts at least one
    /// @param implicit whether there is no MX record and the domain itself stands for it
    record Found(List<Exchanger> hosts, boolean implicit) implements Exchangers {
      public Found {
        hosts = List.copyOf(hosts);
      }
    }

    /// The domain takes no mail, and that is certain: there is no such name, or a null MX (RFC
    /// 7505).
    ///
    /// @param sentence names the domain, what was answered, and who answered it
    record None(String sentence) implements Exchangers {}

    /// Nobody could say.
    ///
    /// @param sentence names the domain and the failure
    record Unknown(String sentence) implements Exchangers {}
  }

  /// @param preference the lower the sooner (RFC 5321 §5.1)
  record Exchanger(String host, int preference) {}
}
