FROM scratch
ADD python.tar /
RUN rm -f /usr/lib/python3*/EXTERNALLY-MANAGED \
 && for name in python python3; do ln -s /usr/bin/python3 /usr/local/bin/$name; done
COPY ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY pip.conf /etc/pip.conf
COPY wheels/ /wheels/
CMD ["python3"]
