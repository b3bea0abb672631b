package io.mailcanary.runtime;

import io.mailcanary.path.Secret;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// The `service` section of the probe files.
///
/// @param listen the address that the HTTP server binds
/// @param hosts host names it answers to, beside localhost
/// @param people who may do what, of those whom an OpenID provider vouches for; empty: all of them
///   may read
/// @param publicRead whether everybody may read
/// @param metricsFrom networks that may read the metrics without a token
/// @param signingKeys newest first; empty: one made in the data directory
/// @param site this replica's site
/// @param receiverLimit how many canaries go to one recipient domain in a minute at most
/// @param tracing who is told the way of each canary as a trace; empty: nobody
public record ServiceSettings(
    String listen,
    Optional<String> baseUrl,
    List<String> hosts,
    List<Token> tokens,
    List<Person> people,
    boolean publicRead,
    List<String> metricsFrom,
    List<SigningSecret> signingKeys,
    String site,
    int receiverLimit,
    Retention retain,
    Optional<Tracing> tracing) {

  /// As much as no sensible probe file asks for.
  public static final int DEFAULT_RECEIVER_LIMIT = 1_000;

  /// What holds where the section is left out.
  public static final ServiceSettings DEFAULT =
      new ServiceSettings(
          "127.0.0.1",
          Optional.empty(),
          List.of(),
          List.of(),
          List.of(),
          false,
          List.of(),
          List.of(),
          "",
          DEFAULT_RECEIVER_LIMIT,
          new Retention(Duration.ofDays(14), Duration.ofDays(400)),
          Optional.empty());

  public ServiceSettings {
    hosts = List.copyOf(hosts);
    tokens = List.copyOf(tokens);
    people = List.copyOf(people);
    metricsFrom = List.copyOf(metricsFrom);
    signingKeys = List.copyOf(signingKeys);
  }

  /// A bearer token that is known by its digest alone.
  ///
  /// @param sha256 64 hexadecimal digits
  public record Token(String name, String sha256, List<Right> rights) {
    public Token {
      rights = List.copyOf(rights);
    }
  }

  /// People who are told by what their provider says of them.
  ///
  /// @param claim such as `groups` or `email`
  /// @param value that the claim has, or that is one of its values
  public record Person(String claim, String value, List<Right> rights) {
    public Person {
      rights = List.copyOf(rights);
    }
  }

  public enum Right {
    READ,
    ACT
  }

  /// @param id letters and digits, 8 at most: it stands in every canary
  public record SigningSecret(String id, Secret secret) {}

  /// Where traces are collected.
  ///
  /// @param url of OTLP over HTTP, its path included
  /// @param authorization the header's value
  /// @param caFile PEM certificates to trust instead of the system's
  /// @param oneIn one canary of so many is traced
  public record Tracing(
      String url, Optional<Secret> authorization, Optional<Path> caFile, int oneIn) {}

  /// How long things are kept.
  public record Retention(Duration canaries, Duration hourly) {}
}
