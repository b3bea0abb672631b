package io.mailcanary.path;

import java.util.Optional;

/// How we log in.
///
/// @param mechanism PLAIN, LOGIN or XOAUTH2; empty: the best that is offered
/// @param secret the password, or with XOAUTH2 the access token
public record Login(String username, Secret secret, Optional<Mechanism> mechanism) {
  public enum Mechanism {
    PLAIN,
    LOGIN,
    XOAUTH2
  }
}
