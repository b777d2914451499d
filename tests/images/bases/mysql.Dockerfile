FROM scratch
ADD mysql.tar /
RUN groupadd --system --gid 999 mysql \
 && useradd --system --uid 999 --gid 999 --home-dir /var/lib/mysql --no-create-home mysql \
 && rm -rf /etc/mysql && mkdir -p /etc/mysql/conf.d /docker-entrypoint-initdb.d \
 && install -d -o mysql -g mysql -m 1777 /var/lib/mysql /var/run/mysqld \
 && install -d -o mysql -g mysql -m 750 /var/lib/mysql-files
COPY mysql.cnf /etc/my.cnf
COPY --chmod=755 mysql-entrypoint.sh /usr/local/bin/docker-entrypoint.sh
RUN ln -s /etc/my.cnf /etc/mysql/my.cnf
VOLUME /var/lib/mysql
ENTRYPOINT ["docker-entrypoint.sh"]
EXPOSE 3306
CMD ["mysqld"]
