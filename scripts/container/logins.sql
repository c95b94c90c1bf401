-- Run once, by the store's own superuser, when its folder is still empty: who signs in to the store, and the roles
-- that `concord roles` then gives their rights to. Nobody but the owner and the store itself can make a table.
\getenv owner_password OWNER_PASSWORD
\getenv web_password WEB_PASSWORD
\getenv worker_password WORKER_PASSWORD
CREATE ROLE concord_app NOLOGIN;
CREATE ROLE concord_projector NOLOGIN IN ROLE concord_app;
CREATE ROLE concord_keys NOLOGIN;
CREATE ROLE concord_audit NOLOGIN;
CREATE ROLE concord_owner LOGIN PASSWORD :'owner_password' IN ROLE concord_projector;
CREATE ROLE concord_web LOGIN NOINHERIT PASSWORD :'web_password' IN ROLE concord_app, concord_keys, concord_audit;
CREATE ROLE concord_worker LOGIN NOINHERIT PASSWORD :'worker_password'
    IN ROLE concord_app, concord_projector, concord_keys, concord_audit;
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
CREATE DATABASE concord OWNER concord_owner;
REVOKE ALL ON DATABASE concord FROM PUBLIC;
GRANT CONNECT ON DATABASE concord TO concord_web, concord_worker;
